/* Device Information, service 0x180A (Bluetooth SIG, DIS 1.1): strings that name maker, model
 * and firmware; read at each connect. */
#include "proto/pods/packet.h"

#include <string.h>

/* Length of the UTF-8 sequence at `at`, 0: not UTF-8 (RFC 3629). */
static size_t sequence_length(const uint8_t *at, size_t left)
{
        static const struct {
                uint8_t mask, lead;
                size_t length;
                uint32_t smallest;
        } forms[] = {{0x80, 0x00, 1, 0}, {0xE0, 0xC0, 2, 0x80},
                     {0xF0, 0xE0, 3, 0x800}, {0xF8, 0xF0, 4, 0x10000}};

        for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
                uint32_t code = at[0] & (uint8_t)~forms[i].mask;

                if ((at[0] & forms[i].mask) != forms[i].lead)
                        continue;
                if (forms[i].length > left)
                        return 0;
                for (size_t j = 1; j < forms[i].length; j++) {
                        if ((at[j] & 0xC0) != 0x80)
                                return 0;
                        code = code << 6 | (at[j] & 0x3F);
                }
                if (code < forms[i].smallest || code > 0x10FFFF ||
                    (code >= 0xD800 && code <= 0xDFFF))
                        return 0;
                return forms[i].length;
        }
        return 0;
}

/* C0, DEL and C1: a terminal would obey them, and two of them begin a command. */
static bool is_control(const uint8_t *sequence)
{
        return sequence[0] < 0x20 || sequence[0] == 0x7F ||
               (sequence[0] == 0xC2 && sequence[1] < 0xA0);
}

static int describe_text(const void *data, size_t size, PodValues *ret)
{
        char text[POD_TEXT_MAX];
        const uint8_t *octets = data;

        while (size > 0 && octets[size - 1] == '\0')
                size--; /* some pods send the terminator along */
        if (size >= sizeof(text))
                return pod_refuse(ret, "%zu octets of text, at most %zu are taken", size,
                                  sizeof(text) - 1);
        for (size_t at = 0; at < size;) {
                size_t length = sequence_length(octets + at, size - at);

                if (length == 0 || is_control(octets + at))
                        return pod_refuse(ret, "octet %zu is not printable UTF-8", at);
                at += length;
        }
        if (size > 0)
                memcpy(text, data, size);
        text[size] = '\0';
        pod_add_text(ret, "text", text);
        return 0;
}

static const PodCharacteristic characteristics[] = {
        {SIG_UUID("2a29"), POD_READ, describe_text, NULL}, /* manufacturer */
        {SIG_UUID("2a24"), POD_READ, describe_text, NULL}, /* model */
        {SIG_UUID("2a25"), POD_READ, describe_text, NULL}, /* serial number */
        {SIG_UUID("2a26"), POD_READ, describe_text, NULL}, /* firmware */
        {SIG_UUID("2a27"), POD_READ, describe_text, NULL}, /* hardware */
        {SIG_UUID("2a28"), POD_READ, describe_text, NULL}, /* software */
};

extern const PodDriver pod_device_information;
const PodDriver pod_device_information = {
        .name = "device_information",
        .title = "Device Information",
        .service_uuid = SIG_UUID("180a"),
        .characteristics = characteristics,
        .n_characteristics = ARRAY_SIZE(characteristics),
};
