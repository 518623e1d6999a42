# One command each; `make render` and `make test` need Python 3.11 or later, git and make.
PYTHON ?= python3
BIN := .venv/bin
KUBE_SCORE := github.com/zegl/kube-score/cmd/kube-score@v1.20.0

.PHONY: help render check test coverage mutants fuzz e2e e2e-delivery e2e-addons e2e-ipv6 editor pages lint golden generated bench lock scan audit sbom site clean

help: ## show this
	@grep -hE '^[a-z0-9-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

render: .venv/render ## write base/ and overlays/ as clusters/ say
	@$(BIN)/daskgen render

check: .venv/render ## prove what is rendered with kustomize and kubeconform
	@$(BIN)/daskgen check

test: .venv/dev ## everything that needs no cluster
	@$(BIN)/daskgen tools
	$(BIN)/python -m pytest -n auto tests --ignore tests/e2e --ignore tests/editor --ignore tests/pages --ignore tests/scanners

coverage: .venv/dev ## the same, and which lines and branches no test reaches
	@$(BIN)/daskgen tools
	$(BIN)/python -m pytest -n auto --cov --cov-report= tests --ignore tests/e2e --ignore tests/editor --ignore tests/pages --ignore tests/scanners
	$(BIN)/coverage report

mutants: .venv/dev ## change functions and see whether a test fails; MODULES="daskgen.plan.route …" or SINCE=ref
	$(BIN)/python scripts/mutants.py $(MODULES) --since $(or $(SINCE),main)

fuzz: .venv/dev ## ten minutes of specs, settings and patches that nobody expects; SEED=n tries others
	DASKGEN_FUZZ_SEED=$(or $(SEED),1) DASKGEN_FUZZ_ROUNDS=1000000 DASKGEN_FUZZ_SECONDS=120 \
	$(BIN)/python -m pytest -q -n auto tests/fuzz

scan: .venv/dev .venv/scanners/ready ## rendered clusters by the scanners checkov and kube-score; needs Go
	$(BIN)/python -m pytest tests/scanners

audit: .venv/scanners/ready ## known vulnerabilities of all locked packages; asks PyPI
	.venv/scanners/bin/pip-audit --strict --disable-pip --require-hashes -r requirements.lock -r requirements-dev.lock

sbom: .venv/dev ## write build/sbom.json, the packages of daskgen as CycloneDX
	@mkdir -p build
	$(BIN)/uv tool run --from cyclonedx-bom==7.5.0 cyclonedx-py requirements --output-reproducible requirements.lock > build/sbom.json

e2e: .venv/dev ## rendered clusters on a real Kubernetes: the one of KUBECONFIG, else a kind cluster made for it
	$(BIN)/python -m pytest -n 3 --dist loadgroup tests/e2e --ignore tests/e2e/delivery --ignore tests/e2e/addons --ignore tests/e2e/families

e2e-delivery: .venv/dev ## fleets delivered by Argo CD and Flux, on a Kubernetes as above
	$(BIN)/python -m pytest -n 2 --dist loadgroup -rP tests/e2e/delivery

e2e-ipv6: .venv/dev ## a rendered cluster on a kind cluster whose pods have IPv6 addresses alone
	DASKGEN_E2E_KIND=tests/e2e/families/kind.yaml $(BIN)/python -m pytest tests/e2e/families

e2e-addons: .venv/dev ## rendered clusters together with Prometheus and other add-ons, on a Kubernetes as above
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests/e2e/addons

site: .venv/render ## build the documentation as a site, in site/; a broken link fails
	@test -x .venv/site/bin/zensical || $(PYTHON) -m venv .venv/site
	.venv/site/bin/python -m pip install -q --require-hashes -r requirements-site.lock
	.venv/site/bin/zensical build --strict --clean

editor: .venv/dev ## what editors show of a spec, by a real language server; needs npm
	$(BIN)/python -m pytest tests/editor

pages: .venv/dev ## the page of `daskgen report` in a headless Chromium, and its accessibility; needs chromium and npm
	$(BIN)/python -m pytest tests/pages

lint: .venv/dev ## format, lint, types, imports
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports

golden: .venv/dev ## approve what is rendered and said now
	-$(BIN)/python -m pytest -q tests/render/test_golden.py tests/findings/test_bad.py tests/plan/test_comment.py --approve -m "not tools"
	git status --short tests

generated: .venv/dev ## make definitions, schemas and types anew from their published packages
	$(BIN)/python scripts/make_definitions.py
	$(BIN)/python scripts/make_schemas.py
	$(BIN)/python scripts/make_types.py
	$(BIN)/python scripts/make_definitions.py
	$(BIN)/python scripts/make_spec_schema.py
	$(BIN)/python scripts/make_options.py
	$(BIN)/python scripts/make_time_zones.py
	$(BIN)/python scripts/make_docs.py

bench: .venv/dev ## measure rendering, edits, checking, planning, start-up, groups and pages
	$(BIN)/python bench/render.py
	$(BIN)/python bench/edit.py
	$(BIN)/python bench/start.py
	$(BIN)/python bench/check.py
	$(BIN)/python bench/plan.py
	$(BIN)/python bench/groups.py
	$(BIN)/python bench/page.py

lock: .venv/dev ## choose the newest versions that pyproject.toml allows
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header pyproject.toml --group dev --extra cluster --extra registry --extra watch -o requirements-dev.lock
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header pyproject.toml --group build --constraint requirements-dev.lock -o requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --group scan -o requirements-scan.lock
	$(BIN)/uv pip compile -q --upgrade --universal --generate-hashes --no-header --group site -o requirements-site.lock

.venv/scanners/ready: requirements-scan.lock .venv/render
	$(PYTHON) -m venv .venv/scanners
	.venv/scanners/bin/python -m pip install -q --require-hashes -r requirements-scan.lock
	GOBIN=$(CURDIR)/.venv/scanners/bin go install $(KUBE_SCORE)
	@touch $@

clean: ## forget the virtual environment
	rm -rf .venv

.venv/render: requirements.lock pyproject.toml
	@echo "making .venv from requirements.lock"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	@$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@

.venv/dev: requirements-dev.lock .venv/render
	@$(BIN)/python -m pip install -q --require-hashes -r requirements-dev.lock
	@touch $@
