# Unit tests (one program a module), harnesses over their seeds, laws, cases. All speak TAP.

unit_tests = \
	tests/unit/across \
	tests/unit/address \
	tests/unit/age \
	tests/unit/agent \
	tests/unit/agents \
	tests/unit/audit \
	tests/unit/bench \
	tests/unit/budget \
	tests/unit/capture \
	tests/unit/chunked \
	tests/unit/clock \
	tests/unit/closed \
	tests/unit/cluster \
	tests/unit/community \
	tests/unit/complaint \
	tests/unit/component \
	tests/unit/conduct \
	tests/unit/config \
	tests/unit/correlate \
	tests/unit/counter \
	tests/unit/credential \
	tests/unit/deadline \
	tests/unit/draft \
	tests/unit/draft_answer \
	tests/unit/draft_hidden \
	tests/unit/endpoint \
	tests/unit/escape \
	tests/unit/event_field \
	tests/unit/field \
	tests/unit/finding \
	tests/unit/finding_memory \
	tests/unit/finding_order \
	tests/unit/flood \
	tests/unit/forwarded \
	tests/unit/fragment \
	tests/unit/frame \
	tests/unit/frame_hand \
	tests/unit/frame_header \
	tests/unit/frame_search \
	tests/unit/go_hpack \
	tests/unit/gre \
	tests/unit/habit \
	tests/unit/half_open \
	tests/unit/harmless \
	tests/unit/head \
	tests/unit/hpack \
	tests/unit/hpack_judge \
	tests/unit/hpack_cut \
	tests/unit/hpack_recovery \
	tests/unit/http1 \
	tests/unit/http1_loss \
	tests/unit/http2 \
	tests/unit/http2_error \
	tests/unit/http2_laws \
	tests/unit/http2_loss \
	tests/unit/huffman \
	tests/unit/infer \
	tests/unit/json \
	tests/unit/json_report \
	tests/unit/json_shape \
	tests/unit/jwt \
	tests/unit/key_file \
	tests/unit/key_sources \
	tests/unit/knock \
	tests/unit/labels \
	tests/unit/link \
	tests/unit/list \
	tests/unit/literals \
	tests/unit/longest \
	tests/unit/mask \
	tests/unit/memory \
	tests/unit/mpls \
	tests/unit/nflog \
	tests/unit/options \
	tests/unit/outbox \
	tests/unit/packed \
	tests/unit/packet \
	tests/unit/place \
	tests/unit/port_list \
	tests/unit/ppp \
	tests/unit/preamble \
	tests/unit/prefix \
	tests/unit/proxy_line \
	tests/unit/quantity \
	tests/unit/query \
	tests/unit/reader \
	tests/unit/reassembly \
	tests/unit/reassembly_doubt \
	tests/unit/reassembly_life \
	tests/unit/reassembly_model \
	tests/unit/recent \
	tests/unit/refusals \
	tests/unit/renumbered \
	tests/unit/report \
	tests/unit/request \
	tests/unit/request_uri \
	tests/unit/rhythm \
	tests/unit/rule \
	tests/unit/rule_engine \
	tests/unit/rule_index \
	tests/unit/rule_mistakes \
	tests/unit/rule_pattern \
	tests/unit/rules_shipped \
	tests/unit/savefile \
	tests/unit/secured \
	tests/unit/sniff \
	tests/unit/source \
	tests/unit/source_flow \
	tests/unit/status \
	tests/unit/status_cbor \
	tests/unit/streams \
	tests/unit/suppress \
	tests/unit/survey \
	tests/unit/syn \
	tests/unit/syn_shape \
	tests/unit/table \
	tests/unit/tally \
	tests/unit/tally_knocks \
	tests/unit/target \
	tests/unit/text_alike \
	tests/unit/text_brief \
	tests/unit/text_report \
	tests/unit/text_source \
	tests/unit/tls \
	tests/unit/tls_behind \
	tests/unit/tls_certificate \
	tests/unit/tls_compressed \
	tests/unit/tls_early \
	tests/unit/tls_epoch \
	tests/unit/tls_facts \
	tests/unit/tls_fingerprint \
	tests/unit/tls_handshake \
	tests/unit/tls_hello \
	tests/unit/tls_keys \
	tests/unit/tls_opener \
	tests/unit/tls_rc4 \
	tests/unit/tls_record \
	tests/unit/tls_schedule \
	tests/unit/tls_sessions \
	tests/unit/tls_shape \
	tests/unit/tls_snap \
	tests/unit/tls_suite \
	tests/unit/tls_trial \
	tests/unit/tls_vault \
	tests/unit/tls_waiting \
	tests/unit/twin \
	tests/unit/udp \
	tests/unit/validity \
	tests/unit/value \
	tests/unit/verdict \
	tests/unit/wlan \
	tests/unit/worker \
	tests/unit/yaml

fuzz_harnesses = \
	tests/fuzz/agent \
	tests/fuzz/cluster_map \
	tests/fuzz/correlate \
	tests/fuzz/credential \
	tests/fuzz/escape \
	tests/fuzz/fragment \
	tests/fuzz/frame \
	tests/fuzz/hpack \
	tests/fuzz/forwarded \
	tests/fuzz/http1 \
	tests/fuzz/http2 \
	tests/fuzz/json \
	tests/fuzz/jwt \
	tests/fuzz/mask \
	tests/fuzz/packet \
	tests/fuzz/proxy_line \
	tests/fuzz/reassembly \
	tests/fuzz/request \
	tests/fuzz/request_uri \
	tests/fuzz/rule \
	tests/fuzz/savefile \
	tests/fuzz/sniff \
	tests/fuzz/status \
	tests/fuzz/suppress \
	tests/fuzz/tls_keys \
	tests/fuzz/tls_opener \
	tests/fuzz/tls \
	tests/fuzz/tls_certificate \
	tests/fuzz/tls_compressed \
	tests/fuzz/tls_handshake \
	tests/fuzz/tls_hello \
	tests/fuzz/tls_record \
	tests/fuzz/tls_shape \
	tests/fuzz/worker \
	tests/fuzz/yaml

noinst_HEADERS = \
	tests/tools/walk_rig.h \
	tests/tools/wire.h \
	tests/unit/draft_rig.h \
	tests/unit/finding_rig.h \
	tests/unit/frame_rig.h \
	tests/unit/frame_talk.h \
	tests/unit/http1_talk.h \
	tests/unit/http1_talks.h \
	tests/unit/http2_capture.h \
	tests/unit/http2_record.h \
	tests/unit/http2_talk.h \
	tests/unit/http2_talks.h \
	tests/unit/infer_rig.h \
	tests/unit/key_rig.h \
	tests/unit/packet_rig.h \
	tests/unit/rig.h \
	tests/unit/rule_rig.h \
	tests/unit/savefile_rig.h \
	tests/unit/text_rig.h \
	tests/unit/tls_follow.h \
	tests/unit/tls_hello_made.h \
	tests/unit/tls_rig.h \
	tests/unit/wiped.h \
	tests/unit/worker_rig.h

# Without libhtp there is nothing to compare with.
if HAVE_HTP
unit_tests += tests/unit/http1_libhtp
tests_unit_http1_libhtp_CPPFLAGS = $(AM_CPPFLAGS) $(HTP_CFLAGS)
tests_unit_http1_libhtp_LDADD = $(LDADD) $(HTP_LIBS)
endif

script_tests = \
	tests/laws/source.test \
	tests/laws/drop.test \
	tests/laws/loss.test \
	tests/laws/start.test \
	tests/laws/files.test \
	tests/laws/skew.test \
	tests/laws/swap.test \
	tests/laws/change.test \
	tests/laws/h2.test \
	tests/laws/packagings.test \
	tests/laws/judges.test \
	tests/cases/run.test \
	tests/eve.test \
	tests/live.test \
	tests/overlap.test \
	tests/tls.test

test_tools = tests/tools/replay tests/tools/event_table tests/tools/request_info \
	tests/tools/packet_dump tests/tools/savefile_dump tests/tools/h2_scenes
bench_tools = tests/bench/generate tests/bench/loop tests/bench/parse tests/bench/tls_open
EXTRA_PROGRAMS += $(test_tools) $(bench_tools)

# Every program here has the name of its source, and links the same: a harness finds its main() in libstandalone.a, or in
# libFuzzer. What has a main() of its own takes none from an archive.
if FUZZERS
LDADD = $(FUZZ_LDFLAGS)
else
noinst_LIBRARIES += tests/fuzz/libstandalone.a
tests_fuzz_libstandalone_a_SOURCES = tests/fuzz/standalone.c
LDADD = tests/fuzz/libstandalone.a
endif
LDADD += sensor/libsensor.a proto/libproto.a $(CMOCKA_LIBS) $(JANSSON_LIBS) $(NEEDED_LIBS)
tests_tools_replay_SOURCES = tests/tools/replay.c tests/tools/outcome.c tests/tools/outcome.h \
	tests/tools/frame_list.c tests/tools/frame_list.h tests/tools/rename.c tests/tools/rename.h
h2_talk = tests/tools/h2_talk.c tests/tools/h2_talk.h tests/tools/tcp_talk.c tests/tools/tcp_talk.h \
	tests/tools/go_hpack.c tests/tools/go_hpack.h
tests_tools_h2_scenes_SOURCES = tests/tools/h2_scenes.c tests/tools/h2_scene.c tests/tools/h2_scene.h \
	tests/tools/h2_odd.c $(h2_talk)
tests_bench_generate_SOURCES = tests/bench/generate.c $(h2_talk)
tests_bench_parse_CPPFLAGS = $(AM_CPPFLAGS) $(HTP_CFLAGS)
tests_bench_parse_LDADD = $(LDADD) $(HTP_LIBS)
go_hpack = tests/tools/go_hpack.c tests/tools/go_hpack.h tests/tools/go_hpack_reader.c tests/tools/go_hpack_reader.h
hpack_rig = tests/tools/hpack_rig.c tests/tools/hpack_rig.h tests/tools/header_sets.c tests/tools/header_sets.h $(go_hpack)
tests_unit_go_hpack_SOURCES = tests/unit/go_hpack.c tests/tools/header_sets.c tests/tools/header_sets.h $(go_hpack)
tests_unit_hpack_SOURCES = tests/unit/hpack.c $(go_hpack)
tests_unit_hpack_recovery_SOURCES = tests/unit/hpack_recovery.c $(go_hpack)
tests_unit_hpack_judge_SOURCES = tests/unit/hpack_judge.c $(hpack_rig)
tests_fuzz_hpack_SOURCES = tests/fuzz/hpack.c $(hpack_rig)
# Only tests speak TLS themselves.
tls_talk = tests/tools/tls_talk.c tests/tools/tls_talk.h
tls_seal = tests/tools/tls_seal.c tests/tools/tls_seal.h
tests_unit_tls_opener_SOURCES = tests/unit/tls_opener.c $(tls_talk) $(tls_seal)
tests_bench_tls_open_SOURCES = tests/bench/tls_open.c $(tls_seal)
tests_fuzz_tls_opener_SOURCES = tests/fuzz/tls_opener.c $(tls_seal)
tests_unit_tls_behind_SOURCES = tests/unit/tls_behind.c $(tls_talk)
tests_unit_tls_early_SOURCES = tests/unit/tls_early.c $(tls_talk)
tests_unit_secured_SOURCES = tests/unit/secured.c $(tls_talk)
tests_unit_tls_SOURCES = tests/unit/tls.c $(tls_talk)
tests_unit_tls_epoch_SOURCES = tests/unit/tls_epoch.c $(tls_talk)
tests_unit_tls_snap_SOURCES = tests/unit/tls_snap.c $(tls_talk)
tests_unit_tls_trial_SOURCES = tests/unit/tls_trial.c $(tls_talk)
tests_unit_tls_snap_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_tls_trial_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_tls_behind_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_tls_early_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_secured_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_tls_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_tls_epoch_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_tls_opener_LDADD = $(LDADD) $(SSL_LIBS)
tests_unit_tls_suite_LDADD = $(LDADD) $(SSL_LIBS)
tests_tools_event_table_LDADD = sensor/libsensor.a proto/libproto.a $(NEEDED_LIBS)

TEST_EXTENSIONS = .test
LOG_DRIVER = $(SHELL) $(top_srcdir)/build-aux/tap-driver.sh
TEST_LOG_DRIVER = $(LOG_DRIVER)
AM_TESTS_ENVIRONMENT = \
	TZ=UTC; LC_ALL=C.UTF-8; CMOCKA_MESSAGE_OUTPUT=TAP; PYTHONDONTWRITEBYTECODE=1; \
	export TZ LC_ALL CMOCKA_MESSAGE_OUTPUT PYTHONDONTWRITEBYTECODE; \
	srcdir='$(abs_srcdir)'; builddir='$(abs_builddir)'; CC='$(CC)'; export srcdir builddir CC; \
	TEST_CPPFLAGS='$(DEFS) $(AM_CPPFLAGS) $(CPPFLAGS)'; export TEST_CPPFLAGS;

if CAN_TEST
check_PROGRAMS += $(unit_tests) $(fuzz_harnesses) $(test_tools)
TESTS += $(unit_tests) $(fuzz_harnesses) $(script_tests)
else
check-local:
	@echo 'make check: the tests need packages that are not here: install $(test_needs), and configure again' >&2; exit 1
endif

# Folders are shipped whole, so only those in which nothing is built.
EXTRA_DIST += $(script_tests) pcaps tests/recorded tests/fuzz/run tests/fuzz/seeds tests/bench/run \
	tests/laws/allowed \
	tests/laws/judges_known \
	tests/laws/judges_story.sh \
	tests/laws/layers \
	tests/laws/packets_tshark.py \
	tests/laws/request_audit.py \
	tests/unit/rule_mistakes.yaml \
	tests/unit/rules_shipped.yaml \
	tests/tools/audit_compare.py \
	tests/tools/carets.py \
	tests/tools/edges.py \
	tests/tools/event_names.py \
	tests/tools/examples.py \
	tests/tools/h2_floods.py \
	tests/tools/h2_table.py \
	tests/tools/h2_tshark.py \
	tests/tools/half_keys.py \
	tests/tools/keyless.py \
	tests/tools/keyless_snap.py \
	tests/tools/learned_401.py \
	tests/tools/ordinary_loss.py \
	tests/tools/closed.py \
	tests/tools/snap.py \
	tests/tools/sealed.py \
	tests/tools/huffman.py \
	tests/tools/ordinary.py \
	tests/tools/packagings.py \
	tests/tools/hello_loss.py \
	tests/tools/pcap.py \
	tests/tools/peaceful_loss.py \
	tests/tools/proxy_tshark.py \
	tests/tools/random_loss.py \
	tests/tools/rule_table.py \
	tests/tools/savefiles.py \
	tests/tools/source.py \
	tests/tools/story.py \
	tests/tools/survey.py \
	tests/tools/sweeps.py \
	tests/tools/syns.py \
	tests/tools/tap.py \
	tests/tools/told.py \
	tests/tools/truth.py \
	tests/tools/wrappings.py \
	tests/tools/yaml_examples.py \
	tests/cases/aggregated \
	tests/cases/audit \
	tests/cases/compressed-certificates \
	tests/cases/cut-file \
	tests/cases/expected-scanner \
	tests/cases/fail-on \
	tests/cases/fifo \
	tests/cases/filter \
	tests/cases/filter-tags \
	tests/cases/folder \
	tests/cases/forgotten \
	tests/cases/forms \
	tests/cases/fronts \
	tests/cases/idle \
	tests/cases/kubectl-proxy \
	tests/cases/lent \
	tests/cases/made \
	tests/cases/made-again \
	tests/cases/made-http2 \
	tests/cases/made-http2-again \
	tests/cases/manual \
	tests/cases/manual-events \
	tests/cases/manual-rules \
	tests/cases/manual-yaml \
	tests/cases/misconfigured \
	tests/cases/mistakes \
	tests/cases/names \
	tests/cases/no-capture \
	tests/cases/no-time \
	tests/cases/ordinary \
	tests/cases/packed \
	tests/cases/pasted \
	tests/cases/pcapng \
	tests/cases/pipe \
	tests/cases/plain-http1 \
	tests/cases/plain-http2 \
	tests/cases/ports \
	tests/cases/proxied \
	tests/cases/readme \
	tests/cases/same-file \
	tests/cases/scanner-syns \
	tests/cases/secrets \
	tests/cases/sealed \
	tests/cases/secrets-http2 \
	tests/cases/several-files \
	tests/cases/stalled \
	tests/cases/story \
	tests/cases/survey \
	tests/cases/sweeps \
	tests/cases/tls-handshakes \
	tests/cases/tls-keys \
	tests/cases/tls-loss \
	tests/cases/tls-snap \
	tests/cases/tls12 \
	tests/cases/tls13 \
	tests/cases/unwritable \
	tests/cases/usage \
	tests/cases/website

# All of one build with clang, libFuzzer and the sanitizers, below this one: FUZZ names harnesses, FUZZ_SECONDS is for all.
FUZZ = all
FUZZ_SECONDS = 120
fuzz:
	@FUZZ='$(FUZZ)' FUZZ_SECONDS='$(FUZZ_SECONDS)' harnesses='$(fuzz_harnesses)' \
		$(SHELL) $(srcdir)/tests/fuzz/run '$(abs_srcdir)' '$(abs_builddir)/fuzz'
harnesses: $(fuzz_harnesses)

bench: $(bench_tools) kapiwatch
	@$(PYTHON3) $(srcdir)/tests/bench/run '$(abs_srcdir)' '$(abs_builddir)'

.PHONY: fuzz harnesses bench
