/* The table of drivers, and what every driver promises whatever the octets are. */
#include "tests/unit/proto/pods/values.h"

#include <ctype.h>
#include <stdio.h>
#include <time.h>

#define PACKET_MAX 520 /* an attribute has at most 512 octets */

static const char *const def_names[] = {
#define POD(name) #name,
#include "proto/pods/pods.def"
#undef POD
};

#define BASE_UUID "-0000-1000-8000-00805f9b34fb"

static bool is_canonical(const char *uuid)
{
        char parsed[UUID_SIZE];

        return uuid_parse(uuid, parsed) == 0 && strcmp(parsed, uuid) == 0;
}

static void every_line_of_the_table_is_a_driver_of_that_name(void **state)
{
        (void)state;
        assert_int_equal(n_pod_drivers, ARRAY_SIZE(def_names));
        for (size_t i = 0; i < n_pod_drivers; i++) {
                const PodDriver *driver = pod_drivers[i];

                assert_string_equal(driver->name, def_names[i]);
                assert_true(driver->title && driver->title[0]);
                assert_true(is_canonical(driver->service_uuid));
                assert_true(driver->n_characteristics > 0);
                assert_ptr_equal(pod_driver_by_name(driver->name), driver);
                assert_ptr_equal(pod_driver_by_service(driver->service_uuid), driver);
                for (size_t j = 0; j < driver->n_characteristics; j++) {
                        assert_true(is_canonical(driver->characteristics[j].uuid));
                        assert_non_null(driver->characteristics[j].describe);
                }
        }
        assert_null(pod_driver_by_name("unknown"));
        assert_null(pod_driver_by_name(""));
}

static void no_name_and_no_id_is_given_twice(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_pod_drivers; i++) {
                for (size_t j = 0; j < i; j++) {
                        assert_string_not_equal(pod_drivers[i]->name, pod_drivers[j]->name);
                        assert_string_not_equal(pod_drivers[i]->title, pod_drivers[j]->title);
                        assert_string_not_equal(pod_drivers[i]->service_uuid, pod_drivers[j]->service_uuid);
                }
                for (size_t j = 0; j < pod_drivers[i]->n_characteristics; j++) {
                        const PodDriver *found = NULL;
                        const PodCharacteristic *it = &pod_drivers[i]->characteristics[j];

                        /* The first of two would hide the second. */
                        assert_ptr_equal(pod_characteristic(it->uuid, &found), it);
                        assert_ptr_equal(found, pod_drivers[i]);
                }
        }
}

static void a_characteristic_is_found_by_either_form_of_its_id(void **state)
{
        (void)state;
        for (size_t i = 0; i < n_pod_drivers; i++) {
                for (size_t j = 0; j < pod_drivers[i]->n_characteristics; j++) {
                        const PodCharacteristic *it = &pod_drivers[i]->characteristics[j];
                        char upper[UUID_SIZE], brief[7];

                        for (size_t k = 0; k < UUID_SIZE; k++)
                                upper[k] = (char)toupper((unsigned char)it->uuid[k]);
                        assert_ptr_equal(pod_characteristic(upper, NULL), it);
                        if (strcmp(it->uuid + 8, BASE_UUID) != 0)
                                continue;
                        (void)snprintf(brief, sizeof(brief), "%.4s", it->uuid + 4);
                        assert_ptr_equal(pod_characteristic(brief, NULL), it);
                        (void)snprintf(brief, sizeof(brief), "0x%.4s", upper + 4);
                        assert_ptr_equal(pod_characteristic(brief, NULL), it);
                }
        }
        assert_ptr_equal(pod_driver_by_service("1814"), pod_driver_by_name("rsc"));
        assert_ptr_equal(pod_driver_by_service("0000180D" BASE_UUID), pod_driver_by_name("heart_rate"));
        assert_null(pod_driver_by_service("1816"));
        assert_null(pod_driver_by_service("not an id"));
        assert_null(pod_characteristic("2A5B", NULL));
        assert_null(pod_characteristic("", NULL));
        /* the short form stands for an id on Bluetooth's base, and for no other */
        assert_null(pod_characteristic("00002a53-0000-1000-8000-00805f9b34fc", NULL));
}

static void ids_that_are_none_are_refused(void **state)
{
        static const char *const texts[] = {
                "", "2", "2A5", "2A53F", "2A5G", "0x2A5", "0x2A533", "0x", "2x2A53", " 2A53", "2A53 ", "-2A5",
                "00002a53", "00002a5300001000800000805f9b34fb", "00002a53-0000-1000-8000-00805f9b34f",
                "00002a53-0000-1000-8000-00805f9b34fbb", "00002a53-0000-1000-8000_00805f9b34fb",
                "00002a53-0000-1000-80000-0805f9b34fb", "g0002a53-0000-1000-8000-00805f9b34fb",
        };
        char uuid[UUID_SIZE];

        (void)state;
        for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
                print_message("'%s'\n", texts[i]);
                assert_int_equal(uuid_parse(texts[i], uuid), -EINVAL);
        }
        assert_int_equal(uuid_parse("0X2a5D", uuid), 0);
        assert_string_equal(uuid, "00002a5d" BASE_UUID);
}

/* ---- whatever the octets are ---- */

static void check_list(const PodValues *values, const PodValue *value)
{
        assert_true(value->first_integer + value->n_integers <= values->n_integers);
        assert_true(values->n_integers <= POD_INTEGERS_MAX);
}

/* An outcome of the contract, and the two readings of one packet agree. */
static void check_packet(const PodCharacteristic *it, const uint8_t *octets, size_t size)
{
        PodValues values;
        Record record;
        int r = describe(it->uuid, octets, size, &values);

        if (r < 0) {
                assert_int_equal(r, -EBADMSG);
                assert_string_not_equal(values.error, "");
                assert_null(strchr(values.error, '\n'));
        } else {
                assert_int_equal(r, 0);
                assert_string_equal(values.error, "");
                assert_in_range(values.n, 1, POD_VALUES_MAX - 1);
        }
        for (size_t i = 0; r == 0 && i < values.n; i++) {
                assert_ptr_equal(find_value(&values, values.list[i].name), &values.list[i]);
                if (values.list[i].type == POD_INTEGER_LIST)
                        check_list(&values, &values.list[i]);
        }
        if (!it->sample)
                return;
        assert_int_equal(sample(it->uuid, octets, size, &record), r < 0 ? -EBADMSG : 1);
        if (r < 0)
                return;
        assert_int_equal(record.kind, RECORD_SAMPLE);
        record.tick = 0;
        assert_int_equal(record_encode(&record), 0);
        if (find_value(&values, "power_w"))
                assert_int_equal(record.sample.power_w, integer_of(&values, "power_w"));
        if (find_value(&values, "heart_rate_bpm"))
                assert_int_equal(record.sample.heart_rate_bpm, integer_of(&values, "heart_rate_bpm"));
        if (find_value(&values, "speed_mps"))
                assert_true(record.sample.speed_256 / 256.0 == real_of(&values, "speed_mps"));
        if (find_value(&values, "running"))
                assert_int_equal(record.sample.running, boolean_of(&values, "running"));
}

static void for_each_characteristic(void (*check)(const PodCharacteristic *it))
{
        for (size_t i = 0; i < n_pod_drivers; i++) {
                for (size_t j = 0; j < pod_drivers[i]->n_characteristics; j++)
                        check(&pod_drivers[i]->characteristics[j]);
        }
}

static void check_every_length(const PodCharacteristic *it)
{
        static const uint8_t fills[] = {0x00, 0x01, 0x1F, 0x20, 0x41, 0x7F, 0x80, 0xC2, 0xFF};

        for (size_t size = 0; size <= PACKET_MAX; size++) {
                for (size_t i = 0; i < ARRAY_SIZE(fills); i++) {
                        uint8_t octets[PACKET_MAX];

                        memset(octets, fills[i], size);
                        check_packet(it, octets, size);
                }
        }
}

static void every_length_is_read_or_refused(void **state)
{
        (void)state;
        for_each_characteristic(check_every_length);
}

static void check_random(const PodCharacteristic *it)
{
        for (int round = 0; round < 4000; round++) {
                uint8_t octets[PACKET_MAX];
                size_t size = (size_t)random() % (round % 8 ? 24 : PACKET_MAX + 1);

                for (size_t i = 0; i < size; i++)
                        octets[i] = (uint8_t)random();
                /* Few bits in the flags, or nearly every packet is too short. */
                for (size_t i = 0; i < 2 && i < size && round % 2; i++)
                        octets[i] &= (uint8_t)random();
                check_packet(it, octets, size);
        }
}

static void random_octets_are_read_or_refused(void **state)
{
        unsigned seed = (unsigned)time(NULL);

        (void)state;
        print_message("seed %u\n", seed);
        srandom(seed);
        for_each_characteristic(check_random);
}

static void check_empty(const PodCharacteristic *it)
{
        PodValues values;
        int r = describe(it->uuid, NULL, 0, &values);

        if (strncmp(it->uuid, "00002a2", 7) == 0 && strcmp(it->uuid + 8, BASE_UUID) == 0)
                assert_int_equal(r, 0); /* Device Information: an empty string is a string */
        else
                assert_int_equal(r, -EBADMSG);
}

static void an_empty_packet_is_refused_by_all_but_strings(void **state)
{
        (void)state;
        for_each_characteristic(check_empty);
}

/* ---- values ---- */

static void values_beyond_the_bound_never_leave_the_list(void **state)
{
        static const int64_t integers[POD_INTEGERS_MAX] = {1, 2, 3};
        static PodValues values;
        char long_text[2 * POD_TEXT_MAX];

        (void)state;
        memset(long_text, 'x', sizeof(long_text) - 1);
        long_text[sizeof(long_text) - 1] = '\0';
        pod_add_list(&values, "first", integers, 3);
        pod_add_list(&values, "second", integers, POD_INTEGERS_MAX);
        assert_int_equal(values.list[0].n_integers, 3);
        assert_int_equal(values.list[1].first_integer, 3);
        assert_int_equal(values.list[1].n_integers, POD_INTEGERS_MAX - 3);
        assert_int_equal(values.n_integers, POD_INTEGERS_MAX);
        pod_add_text(&values, "text", long_text);
        assert_int_equal(strlen(values.list[2].text), POD_TEXT_MAX - 1);
        for (int i = 0; i < 2 * POD_VALUES_MAX; i++)
                pod_add_integer(&values, "more", i);
        assert_int_equal(values.n, POD_VALUES_MAX);
        assert_int_equal(pod_refuse(&values, "%s", long_text), -EBADMSG);
        assert_int_equal(strlen(values.error), POD_TEXT_MAX - 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_line_of_the_table_is_a_driver_of_that_name),
                cmocka_unit_test(no_name_and_no_id_is_given_twice),
                cmocka_unit_test(a_characteristic_is_found_by_either_form_of_its_id),
                cmocka_unit_test(ids_that_are_none_are_refused),
                cmocka_unit_test(every_length_is_read_or_refused),
                cmocka_unit_test(random_octets_are_read_or_refused),
                cmocka_unit_test(an_empty_packet_is_refused_by_all_but_strings),
                cmocka_unit_test(values_beyond_the_bound_never_leave_the_list),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
