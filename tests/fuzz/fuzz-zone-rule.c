/* The rule at the end of a zone file. */
#include "tests/fuzz/fuzz.h"

#include "base/zone-rule.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const int64_t moments_s[] = {-62135596800, -1, 0, 951782400, 1795521600, 253402300799};
        CLEANUP(freep) char *text = fuzz_text(data, size);
        ZoneRule rule;

        if (zone_rule_parse(text, &rule) < 0)
                return 0;
        for (size_t i = 0; i < ARRAY_SIZE(moments_s); i++) {
                for (int month = 0; month < 12; month++) {
                        int32_t offset_s = zone_rule_offset_s(&rule, moments_s[i] + month * 2629746);

                        PROMISE(offset_s == rule.standard_offset_s ||
                                (rule.has_summer && offset_s == rule.summer_offset_s));
                        PROMISE(offset_s > -200 * 3600 && offset_s < 200 * 3600);
                }
        }
        return 0;
}
