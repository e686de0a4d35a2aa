# Everything on a fresh machine with a Swift 6 toolchain and apt. `make report` builds the book, `make test`
# checks everything; both first install what is missing.

PACKAGES = libcairo2-dev libpango1.0-dev libopenblas-dev libglib2.0-dev pandoc pkg-config fonts-inter fonts-dejavu-core \
  fonts-wqy-microhei fonts-symbola bible-kjv festlex-cmu
# The tests open the page in a real browser, read PDF files, and do what the recipes do in Python.
TEST_PACKAGES = chromium chromium-sandbox poppler-utils graphviz python3
SUDO := $(if $(filter 0,$(shell id -u)),,sudo)
# The program is built where it runs: let Swift's own loops use what this processor has. What has to be fast asks for the
# optimiser itself (Package.swift), and a backtrace needs no more than lines.
NATIVE = -c release -Xcc -march=native
FLAGS = $(NATIVE) -Xswiftc -Onone -Xswiftc -gline-tables-only
COMMAND = .build/release/neuronbook
# The compiler can't go on in a build that was made in another folder, such as one that was copied with its checkout.
same_place = if [ -e $(1).build/release.yaml ] && ! grep -qF '"$(CURDIR)/$(1).build/' $(1).build/release.yaml; then \
  echo "This checkout was built in another folder, and is built anew."; rm -rf $(1).build; fi
# Newer than all that was built with this toolchain.
BUILT = .build/release/built-$(shell stat -Lc %i-%Y "$$(command -v swiftc)" 2>/dev/null)
SOURCES = Sources Tests Benchmarks/Sources Benchmarks/Package.swift Package.swift
# Where PyTorch, JAX, scikit-learn and matplotlib are, for comparison: PYTHON=… to use one that has them already.
PYTHON = $(wildcard Benchmarks/.venv/bin/python)

.PHONY: report full values verify test test-kernels test-sweeps docs reference gallery preview build build-tests check \
  check-benchmarks check-crate accessibility bench bench-peers dependencies format lint clean

report: build
	$(COMMAND) build chapters

# Hours instead of minutes: more seeds, sizes and text. Its findings become small files beside the chapters, which the other
# profiles show, with the record of the run.
full: build
	$(COMMAND) build chapters --profile full
	mkdir -p chapters/findings
	cp output/findings/*.json output/run.json chapters/findings/

# Builds the quick profile afresh and compares it with the values that the repository ships; `make values` writes these anew.
verify: build
	$(COMMAND) verify chapters

# Nearly every processor can run these kernels, and `make verify` takes those of the values.
values: build
	OPENBLAS_CORETYPE=Haswell $(COMMAND) build chapters --profile quick --output output/values
	cp output/values/values.json chapters/values.json

test: lint build-tests check-benchmarks
	Scripts/reference --check
	swift test $(FLAGS) --skip-build

# Benchmarks are a package of their own, which only those build who measure: here they are held against the modules as they are.
check-benchmarks: build-tests
	swiftc -typecheck -swift-version 6 -I .build/release/Modules \
	  $(addprefix -Xcc -fmodule-map-file=,$(wildcard Sources/C*/module.modulemap Sources/C*/include/module.modulemap)) \
	  $(addprefix -Xcc ,$(shell pkg-config --cflags pangocairo openblas)) Benchmarks/Sources/bench/*.swift

# The numeric tests under every kernel that OpenBLAS has for this processor, and under products shaken on purpose.
test-kernels: PACKAGES += locales-all
test-kernels: build-tests
	Scripts/test-kernels

# A thousand points by local processes, by a Slurm of its own and by GNU parallel over ssh, while one in five workers is killed.
test-sweeps: PACKAGES += slurmctld slurmd slurm-client munge parallel openssh-server openssh-client python3
test-sweeps: build
	Scripts/test-sweeps

# Compiles the chapters and resolves their references; runs nothing.
check: build
	$(COMMAND) check chapters

# The guide, as the same kind of page: output/docs/report.html.
docs: build
	$(COMMAND) build docs

# What a chapter can use, for `make preview` at /reference/ or any web server: output/reference.
reference: PACKAGES += python3
reference: build
	Scripts/reference

# Every mark, scale and edge case of the plotting grammar: output/gallery/report.html.
gallery: build
	$(COMMAND) build docs/gallery.md --output output/gallery

# What keeps some readers from using the page: axe-core in a real browser, and the page from the keyboard.
accessibility: PACKAGES += $(TEST_PACKAGES) chromium-driver python3-venv
accessibility: report
	test -d output/.venv || python3 -m venv output/.venv
	output/.venv/bin/pip install --quiet axe-selenium-python
	output/.venv/bin/python Scripts/accessibility.py output/report.html

# The certificate of the report, before the public validators.
check-crate: PACKAGES += python3-venv
check-crate: build
	$(COMMAND) build chapters --format crate
	test -d output/.venv || python3 -m venv output/.venv
	output/.venv/bin/pip install --quiet roc-validator cffconvert rocrate==0.13.0
	Scripts/check-crate output/crate

preview: build
	$(COMMAND) preview chapters

build: dependencies $(BUILT)

# SwiftPM takes up to three seconds to find that there is nothing to do.
$(BUILT): $(shell find Sources Package.swift) Makefile | dependencies
	@$(call same_place,)
	@mkdir -p .build && touch .build/started
	swift build $(FLAGS)
	@mv .build/started $@

build-tests: PACKAGES += $(TEST_PACKAGES)
build-tests: dependencies
	@$(call same_place,)
	swift build $(FLAGS) --build-tests

# Our speed and the peers', in one run, into Benchmarks/results.json; ONLY=elimination runs what has that in its name.
# `make bench-peers` installs the peers, once.
bench: dependencies
	@$(call same_place,Benchmarks/)
	swift build $(NATIVE) --package-path Benchmarks
	cd Benchmarks && .build/release/bench $(abspath $(or $(PYTHON),/usr/bin/python3)) $(if $(ONLY),"$(ONLY)")

bench-peers:
	python3 -m venv Benchmarks/.venv
	Benchmarks/.venv/bin/pip install --quiet torch numpy jax optax scikit-learn matplotlib pyvene

dependencies:
	@installed=$$(dpkg-query -W -f='$${db:Status-Abbrev}$${Package} ' $(PACKAGES) 2>/dev/null); \
	missing=$$(for package in $(PACKAGES); do \
	  case "$$installed" in *"ii $$package "*) ;; *) echo $$package ;; esac; done); \
	if [ -n "$$missing" ]; then \
	  echo "installing:" $$missing; \
	  $(SUDO) apt-get update -qq && \
	  DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq --no-install-recommends $$missing >/dev/null; \
	fi
	@command -v swiftc >/dev/null || { echo "A Swift 6 toolchain is needed: https://www.swift.org/install"; exit 1; }

format:
	swift format --in-place --recursive $(SOURCES)

lint:
	swift format lint --strict --recursive $(SOURCES)

# The report and the figures, with the kept runs and models; the build stays.
clean:
	find output figures -mindepth 1 ! -name README.md -delete
