/* SPDX-License-Identifier: Apache-2.0 */
#include "app/base/fault.h"

G_DEFINE_QUARK(fault, fault)

const char *
fault_name(Fault fault)
{
	switch (fault) {
	case FAULT_SYSTEM:
		return "system";
	case FAULT_BUSY:
		return "busy";
	case FAULT_OFFLINE:
		return "offline";
	case FAULT_FULL:
		return "full";
	case FAULT_DAMAGED:
		return "damaged";
	case FAULT_INVALID:
		return "invalid";
	case FAULT_NOT_FOUND:
		return "not-found";
	case FAULT_REFUSED:
		return "refused";
	case FAULT_TOO_NEW:
		return "too-new";
	}
	return "unknown";
}
