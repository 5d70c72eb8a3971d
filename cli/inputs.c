#include "cli/inputs.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void inputs_add(Inputs *inputs, const char *what, const cJSON *value, const char *source)
{
        cJSON *input = cJSON_CreateObject();

        (void)cJSON_AddStringToObject(input, "what", what); /* memory, as below */
        if (value)
                (void)cJSON_AddItemToObject(input, "value", cJSON_Duplicate(value, 1));
        else
                (void)cJSON_AddNullToObject(input, "value");
        if (source && source[0])
                (void)cJSON_AddStringToObject(input, "source", source);
        (void)cJSON_AddItemToArray(inputs->list, input);
}

void inputs_work(Inputs *inputs, const char *format, ...)
{
        size_t used = strlen(inputs->worked);
        va_list arguments;

        va_start(arguments, format);
        (void)vsnprintf(inputs->worked + used, sizeof(inputs->worked) - used, format, arguments);
        va_end(arguments);
}
