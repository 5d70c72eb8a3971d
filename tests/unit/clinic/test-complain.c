/* What cannot be done is said once, not once a row or every ten seconds. */
#include "daemon/clinic/complain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void it_is_said_once_until_something_works(void **state)
{
        Complaints complaints = {0};

        (void)state;
        assert_true(clinic_complain(&complaints, "rows could not be settled", -ENOSPC, NULL));
        for (int i = 0; i < 1000; i++) {
                assert_false(clinic_complain(&complaints, "rows could not be settled", -ENOSPC, NULL));
                assert_int_equal(clinic_complain(&complaints, "no status can be queued", -ENOSPC, NULL), i == 0);
        }
        clinic_works(&complaints);
        assert_true(clinic_complain(&complaints, "rows could not be settled", -ENOSPC, NULL));
}

static void another_error_is_news(void **state)
{
        Complaints complaints = {0};

        (void)state;
        assert_true(clinic_complain(&complaints, "rows could not be settled", -ENOSPC, NULL));
        assert_true(clinic_complain(&complaints, "rows could not be settled", -EIO, NULL));
        assert_false(clinic_complain(&complaints, "rows could not be settled", -EIO, NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(it_is_said_once_until_something_works),
                cmocka_unit_test(another_error_is_news),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
