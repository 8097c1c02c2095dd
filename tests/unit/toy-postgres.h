/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/*
 * Databases in the tests' own PostgreSQL cluster, which tests/postgres/cluster.py
 * starts and names by CAIRN_TEST_POSTGRES.
 */

/* The address of an empty one; NULL if there is no cluster. */
char *toy_postgres_new(void);
/* Takes the address, or NULL. */
void toy_postgres_drop(char *address);
