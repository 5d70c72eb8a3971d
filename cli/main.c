/* stridectl: a person's words ⇄ the daemon. */
#include "cli/decode.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
        if (argc > 1 && strcmp(argv[1], "decode") == 0)
                return decode_verb(argc - 1, argv + 1, false);
        (void)fprintf(stderr, "stridectl: only decode is there so far\n");
        return 2;
}
