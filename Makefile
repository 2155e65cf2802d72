# The user's commands. "make" alone lists them.

# where the demo's key lives: software, pkcs11, aws-kms (an emulator) or google-kms (a fake of the service)
BACKEND ?= software
# options for JMH, such as: make bench ARGS="-f 1 Encrypt"
ARGS ?=

TOOLS := conformance/tools
DIST_INPUTS := pom.xml .mvn META-INF provider/pom.xml provider/src $(filter-out keystore/testkit/% keystore/demo/%,$(wildcard keystore/*/pom.xml keystore/*/src keystore/custody/*/pom.xml keystore/custody/*/src)) \
  $(TOOLS)/dist.sh $(wildcard $(TOOLS)/launcher*.sh) $(TOOLS)/lib.sh

.DEFAULT_GOAL := help
.PHONY: help demo check test apps tools dist javadoc format fuzz mutants bench bench-full soak clean

help: ## list these targets
	@echo "Keyhold: make <target>"
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | while IFS='	' read -r target text; do \
	  printf '  %-8s %s\n' "$$target" "$$text"; done

demo: dist ## encrypt and decrypt a real file by plain JDK calls; BACKEND=software (default), pkcs11, aws-kms or google-kms
	@$(TOOLS)/demo.sh $(BACKEND)

check: tools dist ## run the quick tests on one JDK: all modules, and the software backend from outside; say what was left out
	@$(TOOLS)/check.sh

test: tools dist ## install what the tests need, run all of them, say what was skipped and why
	@$(TOOLS)/test.sh

apps: tools dist ## run real applications and libraries with Keyhold, each on its own class path
	@$(TOOLS)/apps.sh

tools:
	@$(TOOLS)/install-tools.sh

dist: dist/SHA256SUMS ## fill dist/: jars, command line, SBOM, checksums

# directories count too: a deleted file makes its directory newer
dist/SHA256SUMS: $(shell find $(DIST_INPUTS))
	@echo "building dist/"
	@$(TOOLS)/dist.sh

javadoc: ## write the Javadoc into target/javadoc; a warning fails it
	@$(TOOLS)/javadoc.sh

format: ## format all Java sources
	@mvn -q -B spotless:apply

fuzz: ## fuzz the header parser and decryption, some minutes
	@$(TOOLS)/fuzz.sh

bench: ## measure with JMH for about ten minutes, and write docs/PERFORMANCE.md; ARGS= for its options
	@$(TOOLS)/bench.sh short $(ARGS)

bench-full: ## the same with all sizes, threads and the installed JDKs: some hours
	@$(TOOLS)/bench.sh full $(ARGS)

mutants: ## change the code that guards objects, one place at a time, and list the changes that no test notices; hours
	@$(TOOLS)/mutants.sh

soak: dist ## run the long tests, and check that the build is reproducible
	@$(TOOLS)/check-reproducible.sh
	@mvn -q -B -pl conformance -am verify -Dgroups=soak -DexcludedGroups=none -Dsurefire.failIfNoSpecifiedTests=false

clean: ## remove all that was built; .venv stays
	@mvn -q -B clean
	@rm -rf dist
