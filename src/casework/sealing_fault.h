/* sealing_fault: what sealing and checking say when store and log do not agree. Inside casework
 * only.
 */
#ifndef RETURNHUB_CASEWORK_SEALING_FAULT_H
#define RETURNHUB_CASEWORK_SEALING_FAULT_H

#include "casework/sealing.h"

/* Both fail. */
result sealing_another_store(int64_t position, struct err *err);
result sealing_another_look(uint64_t number, struct err *err);

#endif
