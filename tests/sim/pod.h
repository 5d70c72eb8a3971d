/* pod.h: what the files of a pod (pod-*.c) know of each other; everybody else takes sim.h.
 *
 * The memory stands below the player, which fills it, and the control point, which reports and frees
 * it. A seq begins at 1 in each epoch; a pod without the Stride Service has no epochs. */
#pragma once

#include "sim.h"

/* A UUID of the Bluetooth SIG from its four digits. */
#define SIG(id) "0000" id "-0000-1000-8000-00805f9b34fb"

/* ---- pod-memory.c ---- */

SimEpoch *pod_running_epoch(SimPod *pod);                /* of a pod that has booted */
SimEpoch *pod_find_epoch(SimPod *pod, uint32_t number); /* NULL: there is none */
/* What the pod's own clock, with its drift, counts in that epoch at a boottime. */
uint32_t pod_tick_at(const SimPod *pod, const SimEpoch *epoch, int64_t at_ms);
/* Also one that was overwritten or freed: output needs it. `seq` is 1 to n_records. Borrowed until the
 * next pod_append. */
Record *pod_record_at(SimPod *pod, const SimEpoch *epoch, uint32_t seq);
/* The lost range that holds a record, or NULL. Borrowed until the next range is lost. */
SimLost *pod_lost_at(SimPod *pod, uint32_t epoch, uint32_t seq);
/* A lost record from `seq` on, which is in `lost`; from now on that range does not grow. */
Record pod_tell_lost(Sim *sim, SimPod *pod, SimLost *lost, uint32_t seq);
/* Numbers the record, stamps it with the tick of `at_ms` and stores it in the running epoch; sends it
 * too while live. The oldest goes when the memory is full. */
void pod_append(Sim *sim, SimPod *pod, Record record, int64_t at_ms);
/* A packet of records, through the faults of the story. True: somebody has it, or soon will. */
bool pod_send_packet(Sim *sim, SimPod *pod, const void *data, size_t size);
