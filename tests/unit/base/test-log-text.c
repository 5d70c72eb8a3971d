/* What others said gets into the log as text only: no escape sequence reaches a terminal. */
#include "base/log.h"
#include "base/text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static void control_characters_become_question_marks(void **state)
{
        static const struct {
                const char *from, *to;
        } cases[] = {
                {"plain, grün, 走", "plain, grün, 走"},
                {"a\x1b[2Jb\r\n\tc\x7f", "a?[2Jb???c?"},
                {"\xc2\x9b" "31m", "??31m"}, /* CSI as one character */
                {"\xc2\xa0", "\xc2\xa0"},
                {"\x9b" "31m", "?31m"}, /* CSI as one octet: no UTF-8 */
                {"gr\xc3\xbcn \xff", "gr??n ?"},
                {"", ""},
        };

        (void)state;
        for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
                char text[64];

                (void)text_copy(text, sizeof(text), cases[i].from);
                text_make_printable(text);
                assert_string_equal(text, cases[i].to);
        }
}

static void a_line_of_the_log_holds_no_escape_sequence(void **state)
{
        char path[] = "/tmp/strided-log-XXXXXX", line[256] = "";
        int file = mkstemp(path), before = dup(STDERR_FILENO);

        (void)state;
        assert_true(file >= 0 && before >= 0);
        (void)unsetenv("JOURNAL_STREAM");
        assert_true(dup2(file, STDERR_FILENO) >= 0);
        log_event(LOG_OUTBOX, LOG_LEVEL_ERROR, NULL, "r", "the broker said: %s", "\x1b]0;owned\a\nnote: all is well");
        assert_true(dup2(before, STDERR_FILENO) >= 0);
        assert_true(pread(file, line, sizeof(line) - 1, 0) > 0);
        (void)close(file), (void)close(before), (void)unlink(path);
        assert_string_equal(line, "error: the broker said: ?]0;owned??note: all is well runner=r\n");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(control_characters_become_question_marks),
                cmocka_unit_test(a_line_of_the_log_holds_no_escape_sequence),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
