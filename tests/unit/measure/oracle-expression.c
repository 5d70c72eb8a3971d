#include "oracle-expression.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

typedef struct Parser {
        const char *at;
        double i;
        bool failed;
} Parser;

static double conditional(Parser *parser);

static bool take(Parser *parser, const char *word)
{
        size_t length = strlen(word);

        while (isspace((unsigned char)*parser->at))
                parser->at++;
        if (strncmp(parser->at, word, length) != 0)
                return false;
        if (isalpha((unsigned char)*word) && isalnum((unsigned char)parser->at[length]))
                return false;
        parser->at += length;
        return true;
}

static double primary(Parser *parser)
{
        double value;
        char *end;

        if (take(parser, "-"))
                return -primary(parser);
        if (take(parser, "+"))
                return primary(parser);
        if (take(parser, "i"))
                return parser->i;
        if (take(parser, "(")) {
                value = conditional(parser);
                parser->failed |= !take(parser, ")");
                return value;
        }
        value = strtod(parser->at, &end);
        parser->failed |= end == parser->at || isalpha((unsigned char)*parser->at);
        parser->at = end;
        return value;
}

static double product(Parser *parser)
{
        double value = primary(parser), other;

        for (;;) {
                if (take(parser, "*")) {
                        value *= primary(parser);
                } else if (take(parser, "//")) {
                        value = floor(value / primary(parser));
                } else if (take(parser, "/")) {
                        value /= primary(parser);
                } else if (take(parser, "%")) {
                        other = primary(parser);
                        value -= floor(value / other) * other;
                } else {
                        return value;
                }
        }
}

static double sum(Parser *parser)
{
        double value = product(parser);

        for (;;) {
                if (take(parser, "+"))
                        value += product(parser);
                else if (take(parser, "-"))
                        value -= product(parser);
                else
                        return value;
        }
}

static double comparison(Parser *parser)
{
        double value = sum(parser);

        if (take(parser, "<="))
                return value <= sum(parser);
        if (take(parser, ">="))
                return value >= sum(parser);
        if (take(parser, "=="))
                return value == sum(parser);
        if (take(parser, "!="))
                return value != sum(parser);
        if (take(parser, "<"))
                return value < sum(parser);
        if (take(parser, ">"))
                return value > sum(parser);
        return value;
}

static double negation(Parser *parser)
{
        return take(parser, "not") ? negation(parser) == 0 : comparison(parser);
}

static double logic(Parser *parser)
{
        double value = negation(parser), other;

        for (;;) {
                if (take(parser, "and")) {
                        other = negation(parser);
                        value = value != 0 && other != 0;
                } else if (take(parser, "or")) {
                        other = logic(parser);
                        value = value != 0 || other != 0;
                } else {
                        return value;
                }
        }
}

static double conditional(Parser *parser)
{
        double value = logic(parser), condition, other;

        if (!take(parser, "if"))
                return value;
        condition = logic(parser);
        parser->failed |= !take(parser, "else");
        other = conditional(parser);
        return condition != 0 ? value : other;
}

int oracle_generate(const char *formula, size_t n, double *ret)
{
        const char *equals = strstr(formula, "]=");

        for (size_t i = 0; i < n; i++) {
                Parser parser = {.at = equals ? equals + 2 : formula, .i = (double)i};

                ret[i] = conditional(&parser);
                while (isspace((unsigned char)*parser.at))
                        parser.at++;
                if (parser.failed || *parser.at)
                        return -EINVAL;
        }
        return 0;
}
