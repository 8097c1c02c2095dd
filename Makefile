# Builds, runs, tests and checks Cairn.  `make help` says how.
#
# One Makefile, no recursion.  A program is a list of folders in the order
# the data goes, so the four lists below are also the map of what runs
# where: the district server, for one, cannot reach the kiosk's store,
# because app/store is not among its folders.

kiosk    := app/base app/evidence app/portrait app/roster app/cards app/scan \
	    app/prompt app/capture app/store app/screens app/kiosk
agent    := app/base app/evidence app/portrait app/roster app/cards \
	    app/store sync/wire sync/line sync/agent
district := app/base app/evidence app/portrait app/roster app/cards \
	    sync/wire sync/xapi sync/district sync/review
forward  := app/base app/evidence app/portrait app/roster app/cards \
	    sync/wire sync/xapi sync/line sync/forward
programs := kiosk agent district forward

# Libraries a folder may use beyond GLib, SQLite excepted: a folder that is
# not named here has no other library on its include path.  Only app/screens
# and app/kiosk get GTK.
everyone            := glib-2.0 gio-2.0 gio-unix-2.0 jansson libsodium
needs.app/base      := sqlite3
needs.app/portrait  := cairo librsvg-2.0
needs.app/cards     := libqrencode cairo pangocairo librsvg-2.0
needs.app/scan      := gstreamer-1.0 gstreamer-app-1.0 gstreamer-video-1.0 gdk-pixbuf-2.0
needs.app/capture   := gstreamer-1.0 gstreamer-app-1.0 cairo gdk-pixbuf-2.0
needs.app/store     := sqlite3
needs.app/screens   := gtk4 librsvg-2.0
needs.app/kiosk     := gtk4 gstreamer-1.0
needs.sync/line     := libcurl openssl
needs.sync/xapi     := libcrypto
needs.sync/district := libmicrohttpd gnutls sqlite3 libcrypto libpq libcurl libarchive

# Flavours: make FLAVOUR=debug|release|asan|tsan|cover
FLAVOUR ?= $(if $(filter install,$(MAKECMDGOALS)),release,debug)
flags.debug   := -O0 -g
flags.release := -O2 -g -D_FORTIFY_SOURCE=2 -fstack-protector-strong
flags.asan    := -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=undefined \
		 -fno-omit-frame-pointer
flags.tsan    := -O1 -g -fsanitize=thread
flags.cover   := -O0 -g --coverage
flags.fuzz    := -O1 -g -fsanitize=fuzzer-no-link,address,undefined \
		 -fno-sanitize-recover=undefined

BUILD   ?= build
build   := $(BUILD)/$(FLAVOUR)
PREFIX  ?= /usr/local
units    = $(PREFIX)/lib/systemd/system
sysusers = $(PREFIX)/lib/sysusers.d
docs     = $(PREFIX)/share/doc/cairn
jobs    := $(shell nproc)

# What an adult is told of the program: the day and commit of its sources.
version := $(or $(shell git log -1 --format=%cs-%h 2>/dev/null),unknown)

# What people run is built for release unless they say otherwise.
shipped := $(if $(filter command line,$(origin FLAVOUR)),$(FLAVOUR),release)

# Quiet unless V=1.
say = $(if $(V),,@printf '  %-5s %s\n' $(1) $@;)
ifeq ($(FLAVOUR),fuzz)
CC := clang
endif
ifeq ($(origin CC),default)
CC := gcc
endif

warnings := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes \
	    -Wpointer-arith -Wcast-qual -Wwrite-strings -Wvla -Wformat=2 \
	    -Wswitch-enum -Wundef -Wno-unused-parameter -Werror
CFLAGS   += -std=c17 $(warnings) $(flags.$(FLAVOUR))
CPPFLAGS += -I. -I$(build) -D_GNU_SOURCE \
	    -DGLIB_VERSION_MIN_REQUIRED=GLIB_VERSION_2_74 \
	    -DGLIB_VERSION_MAX_ALLOWED=GLIB_VERSION_2_74 \
	    -DGDK_VERSION_MIN_REQUIRED=GDK_VERSION_4_8 \
	    -DGDK_VERSION_MAX_ALLOWED=GDK_VERSION_4_8
LDFLAGS  += $(flags.$(FLAVOUR)) -Wl,--as-needed

# ThreadSanitizer is told what GLib promises: see tests/tsan.
seen := g_mutex_lock g_mutex_unlock g_cond_wait g_async_queue_push \
	g_async_queue_try_pop g_thread_pool_new g_thread_pool_push g_bytes_unref
ifeq ($(FLAVOUR),tsan)
LDFLAGS += $(seen:%=-Wl,--wrap=%)
glib_seen := $(build)/tests/tsan/glib-seen.o
endif

# pkg-config is asked once a folder, not once a file.
pkg_cflags = $(or $(cached_cflags.$(1)),$(eval cached_cflags.$(1) := \
	     $(shell pkg-config --cflags $(everyone) $(needs.$(1))))$(cached_cflags.$(1)))
pkg_libs   = $(shell pkg-config --libs $(everyone) \
	     $(sort $(foreach d,$(1),$(needs.$(d))))) -lm

# A folder's sources are its .c files and what its .gresource.xml embeds.
sources   = $(foreach d,$(1),$(wildcard $(d)/*.c))
resources = $(foreach d,$(1),$(wildcard $(d)/*.gresource.xml))
objects   = $(patsubst %.c,$(build)/%.o,$(call sources,$(1))) \
	    $(patsubst %.gresource.xml,$(build)/%-resources.o,$(call resources,$(1)))

every_dir := $(sort $(foreach p,$(programs),$($(p))))
headers   := $(shell find app sync -name '*.h')
lintable  := $(shell find app sync tests -name '*.c' -not -path '*/node_modules/*')

# Everything that is tested without a window: all folders but the screens,
# the mains, and the pages.
core_dirs := $(filter-out app/screens app/kiosk sync/review,$(every_dir))
core      := $(build)/libcore.a
core_objs := $(filter-out %/main.o,$(call objects,$(core_dirs)))
unit      := $(patsubst %.c,$(build)/%,$(wildcard tests/unit/test-*.c tests/crash/test-*.c))
toys      := $(filter-out tests/unit/test-%,$(wildcard tests/unit/*.c))
fuzzers   := $(patsubst %.c,$(build)/%,$(wildcard tests/fuzz/fuzz-*.c))
tests_objs := $(patsubst %.c,$(build)/%.o,$(wildcard tests/*/*.c))
shared    := tests/bench/learning.c # by programs of tests/bench
manuals   := $(patsubst firmware/manual/%.in,$(build)/manual/%,$(wildcard firmware/manual/*.in))
tools     := $(patsubst %.c,$(build)/%,$(filter-out $(shared),$(wildcard tests/journey/*.c tests/bench/*.c)))
sql       := $(patsubst %,$(build)/%.inc,$(shell find app sync -name '*.sql'))

.PHONY: all run test check lint bench fuzz format manual install help clean \
	demo-clean demo-password screenshots tools compile lint-sources \
	version-now
.DELETE_ON_ERROR:
.SECONDARY:
.SUFFIXES:
.DEFAULT_GOAL := all

all: $(programs:%=$(build)/bin/cairn-%)	## build the programs
	@:

run:			## install what is missing, build, and start a demo district, agent and kiosk
	@firmware/packages install build run
	@$(MAKE) --no-print-directory -j$(jobs) FLAVOUR=$(shipped) all
	@exec env BIN=$(BUILD)/$(shipped)/bin boards/desk/run

demo-clean:		## forget the demo's data
	@boards/desk/clean

demo-password:		## make the demo's teacher a new one-time password
	@BIN=$(BUILD)/$(shipped)/bin boards/desk/password

test:			## install what is missing, build, and run every test
	@firmware/packages install build run test
	@tests/run

check:			## build and run only the unit, crash and fuzz corpus tests
	@tests/run unit crash fuzz
	@$(if $(filter cover,$(FLAVOUR)),tests/coverage)

tools: $(tools)
	@:

bench:			## print what was measured, as ratios within one run
	@firmware/packages install build run test
	@$(MAKE) --no-print-directory -j$(jobs) FLAVOUR=release all tools
	@tests/bench/run

screenshots:		## picture every kiosk step and teacher's page into build/screenshots
	@firmware/packages install build run test
	@$(MAKE) --no-print-directory -j$(jobs) all tools
	@BUILD=$(abspath $(build)) tests/journey/screenshots $(BUILD)/screenshots

fuzz:			## fuzz each parser for SECONDS=60
	@firmware/packages install build lint
	@$(MAKE) --no-print-directory -j$(jobs) FLAVOUR=fuzz fuzz-build
	@$(MAKE) --no-print-directory FLAVOUR=fuzz fuzz-run

# The sources once more by clang, warnings being errors there too.
lint:			## both compilers, headers alone, clang-tidy, our own rules
	@firmware/packages install build test lint
	@$(MAKE) --no-print-directory -k -j$(jobs) CC=clang BUILD=$(BUILD)/clang compile
	@$(MAKE) --no-print-directory -k -j$(jobs) lint-sources
	@tests/rules/run

lint-sources: $(headers:%=$(build)/%.alone) $(lintable:%=$(build)/%.tidy)

compile: $(foreach d,$(every_dir),$(call objects,$(d))) $(tests_objs)

format:			## rewrite the C sources in the house style
	clang-format -i $(shell git ls-files '*.[ch]')

manual: $(manuals)	## make the manual pages in build/
	@:

install: all manual	## install programs, units and sample pack under PREFIX=/usr/local (and DESTDIR)
	install -d $(DESTDIR)$(PREFIX)/bin $(DESTDIR)$(units) $(DESTDIR)$(sysusers) $(DESTDIR)$(docs)
	install -m 755 $(programs:%=$(build)/bin/cairn-%) $(DESTDIR)$(PREFIX)/bin
	for unit in $(wildcard firmware/session/*.service); do \
		sed 's,@PREFIX@,$(PREFIX),' $$unit >$(DESTDIR)$(units)/$$(basename $$unit); done
	install -m 644 firmware/session/cairn.sysusers $(DESTDIR)$(sysusers)/cairn.conf
	install -m 644 README.md LICENSE $(DESTDIR)$(docs)
	for page in $(manuals); do \
		install -m 644 -D -t $(DESTDIR)$(PREFIX)/share/man/man$${page##*.} $$page; done
	install -m 644 -D boards/desk/kiosk.svg $(DESTDIR)$(docs)/boards/desk/kiosk.svg
	for sample in portrait roster; do \
		install -d $(DESTDIR)$(PREFIX)/share/cairn/$$sample && \
		cp -R app/$$sample/sample $(DESTDIR)$(PREFIX)/share/cairn/$$sample/; done

help:			## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 24
	@echo '  FLAVOUR=debug|release|asan|tsan|cover   V=1 shows every command'

clean:			## remove build/
	rm -rf $(BUILD)

# --- how things are made ------------------------------------------------

define program
$(build)/bin/cairn-$(1): $(call objects,$($(1))) $(glib_seen)
	@mkdir -p $$(@D)
	$$(call say,LINK)$$(CC) $$(LDFLAGS) -o $$@ $$^ $$(call pkg_libs,$($(1)))
endef
$(foreach p,$(programs),$(eval $(call program,$(p))))

$(build)/%.o: %.c Makefile | $(sql)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(call pkg_cflags,$(patsubst %/,%,$(dir $<))) $(CFLAGS) -MMD -MP -c -o $@ $<

# Whatever tells the version is compiled again when that is another.
versioned := $(build)/app/kiosk/health.o $(build)/sync/agent/main.o
$(versioned): CPPFLAGS += -DCAIRN_VERSION='"$(version)"'
$(versioned): $(build)/version
$(build)/version: version-now
	@mkdir -p $(@D)
	@echo '$(version)' | cmp -s - $@ || echo '$(version)' >$@

$(build)/%-resources.c: %.gresource.xml
	@mkdir -p $(@D)
	$(call say,RES)glib-compile-resources --sourcedir=$(<D) --generate-source \
		--dependency-file=$@.d --internal --target=$@ $<
	@sed -i '1s|^[^:]*:|$@:|' $@.d # it names the .xml as what depends

$(build)/%-resources.o: $(build)/%-resources.c
	$(call say,CC)$(CC) $(CPPFLAGS) $(call pkg_cflags,app/base) -std=c17 -w $(flags.$(FLAVOUR)) -c -o $@ $<

# A page's lists are what the programs say of themselves.
$(manuals): $(build)/manual/%: firmware/manual/%.in firmware/manual/page $(programs:%=$(build)/bin/cairn-%)
	@mkdir -p $(@D)
	$(call say,MAN)firmware/manual/page $< $(build)/bin >$@

# Linked whole: a change in a folder may add a file, so start the archive anew.
$(core): $(core_objs)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

# Tests see every library that the tested folders see, and no window.
core_cflags = $(or $(cached_core_cflags),$(eval cached_core_cflags := $(shell pkg-config \
	      --cflags $(everyone) $(sort $(foreach d,$(core_dirs),$(needs.$(d))))))$(cached_core_cflags))
$(build)/tests/%.o: tests/%.c Makefile | $(sql)
	@mkdir -p $(@D)
	$(call say,CC)$(CC) $(CPPFLAGS) $(core_cflags) $(call pkg_cflags,$(patsubst %/,%,$(dir $<))) \
		$(CFLAGS) -MMD -MP -c -o $@ $<

# What tests hand in instead of the real thing, in an archive: each test takes
# what it names.
$(build)/libtoys.a: $(toys:%.c=$(build)/%.o)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

# The crash tests share a disk that they hold.
$(filter $(build)/tests/crash/%,$(unit)): \
	$(patsubst %.c,$(build)/%.o,$(filter-out tests/crash/test-%,$(wildcard tests/crash/*.c)))
$(unit): $(build)/%: $(build)/%.o $(build)/libtoys.a $(core) $(glib_seen)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^) $(call pkg_libs,$(core_dirs))

needs.tests/journey := atspi-2 x11 xtst
needs.tests/bench   := x11
$(build)/libbench.a: $(shared:%.c=$(build)/%.o)
	@rm -f $@
	$(call say,AR)$(AR) rcs $@ $^

$(tools): $(build)/%: $(build)/%.o $(build)/libbench.a $(core) $(glib_seen)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(call pkg_libs,$(core_dirs) $(patsubst $(build)/%/,%,$(dir $@)))

# A fuzz target replays its corpus as an ordinary test in every flavour, and
# is driven by libFuzzer in the fuzz flavour.
$(fuzzers:=.replay): $(build)/%.replay: $(build)/%.o $(build)/tests/fuzz/replay.o \
		$(build)/libtoys.a $(core) $(glib_seen)
	$(call say,LINK)$(CC) $(LDFLAGS) -o $@ $^ $(call pkg_libs,$(core_dirs))

$(fuzzers): $(build)/%: $(build)/%.o $(build)/libtoys.a $(core)
	$(call say,LINK)$(CC) $(LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(call pkg_libs,$(core_dirs))

SECONDS ?= 60
.PHONY: fuzz-build fuzz-run
fuzz-build: $(fuzzers)

fuzz-run: $(fuzzers)
	@mkdir -p $(BUILD)/crashes $(BUILD)/corpus
	@set -e; export G_DEBUG=fatal-warnings ASAN_OPTIONS=handle_sigtrap=1 \
		LSAN_OPTIONS=suppressions=tests/not-ours.lsan; \
		for f in $(fuzzers); do n=$$(basename $$f | sed 's/^fuzz-//'); \
		mkdir -p $(BUILD)/corpus/$$n; echo "  FUZZ  $$n"; \
		$$f -max_total_time=$(SECONDS) -timeout=5 -rss_limit_mb=2048 -verbosity=0 \
		-print_final_stats=1 -artifact_prefix=$(BUILD)/crashes/ \
		$(BUILD)/corpus/$$n tests/fuzz/corpus/$$n; done

# SQL stays in .sql files; the compiler sees it as a C string.
$(build)/%.sql.inc: %.sql
	@mkdir -p $(@D)
	$(call say,SQL)sed 's/\\/\\\\/g; s/"/\\"/g; s/.*/"&\\n"/' $< > $@

# Every header must compile alone.
$(build)/%.h.alone: %.h | $(sql)
	@mkdir -p $(@D)
	$(call say,ALONE)$(CC) $(CPPFLAGS) $(call pkg_cflags,$(patsubst %/,%,$(dir $<))) $(CFLAGS) -fsyntax-only -x c \
		-include $< /dev/null
	@touch $@

$(build)/%.c.tidy: %.c .clang-tidy | $(sql)
	@mkdir -p $(@D)
	$(call say,TIDY)clang-tidy --quiet $< -- $(CPPFLAGS) $(if $(filter tests/%,$<),$(core_cflags)) \
		$(call pkg_cflags,$(patsubst %/,%,$(dir $<))) -std=c17 2>/dev/null
	@touch $@

-include $(shell find $(build) -name '*.d' 2>/dev/null)
