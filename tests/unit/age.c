/* A queue of deadlines against an array sorted anew each time. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "proto/base/age.h"

static void is_in_order_of_the_last_touch(void **state)
{
    (void)state;
    enum { AGES = 20, STEPS = 20000, WAIT = 100 };
    struct age ages[AGES] = {0};
    moment touched[AGES];
    struct age_queue q = {.wait = WAIT};
    for (int i = 0; i < AGES; i++)
        touched[i] = -1;
    srand(3);
    for (moment clock = 1; clock < STEPS; clock++) {
        int i = rand() % AGES;
        if (touched[i] < 0) {
            age_enter(&q, &ages[i], clock);
            touched[i] = clock;
        } else if (rand() % 3) {
            age_touch(&q, &ages[i], clock);
            touched[i] = clock;
        } else {
            age_leave(&q, &ages[i]);
            touched[i] = -1;
        }
        int oldest = -1;
        for (int j = 0; j < AGES; j++) {
            if (touched[j] >= 0 && (oldest < 0 || touched[j] < touched[oldest]))
                oldest = j;
        }
        assert_ptr_equal(q.oldest, oldest < 0 ? NULL : &ages[oldest]);
        assert_int_equal(age_deadline(&q), oldest < 0 ? INT64_MAX : touched[oldest] + WAIT);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(is_in_order_of_the_last_touch)};
    return cmocka_run_group_tests_name("age", tests, NULL, NULL);
}
