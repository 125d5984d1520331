#!/usr/bin/env bash
# A small package elsewhere that depends on this one by version, as a user's does: it builds and runs.
# (That its library carries no unsafe flags, which SwiftPM refuses in a dependency, scripts/check-layers sees to.)
#
# What was built stays in .build/dependent, so a second run only builds what changed.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
place=$root/.build/dependent
export PKG_CONFIG_PATH=$root/.libtorch

commit() { # commit FOLDER VERSION — everything in it, as a release
  [ -d "$1/.git" ] || git -C "$1" init --quiet
  git -C "$1" add --all
  git -C "$1" -c user.name=Test -c user.email=test@example.com commit --quiet --allow-empty --message "Release $2"
  git -C "$1" tag --force "$2" >/dev/null
}

build() { # build FOLDER — SwiftPM keeps nothing of these packages outside of it
  rm -f "$1/Package.resolved"
  swift build --package-path "$1" --disable-dependency-cache --resolver-fingerprint-checking warn
}

# This repository as it stands, committed or not, as a release.
snapshot=$place/orchard
mkdir -p "$snapshot"
git -C "$root" ls-files -z --cached --others --exclude-standard -- Package.swift Sources Tests |
  (cd "$root" && while IFS= read -r -d '' file; do [ -e "$file" ] && printf '%s\0' "$file"; done) >"$place/files"
find "$snapshot" -mindepth 1 -maxdepth 1 ! -name .git -exec rm -rf {} +
tar -C "$root" --null --files-from "$place/files" -cf - | tar -C "$snapshot" -xf -
version=1.0.$(date +%s)
commit "$snapshot" "$version"

mkdir -p "$place/app/Sources/App"
cat >"$place/app/Package.swift" <<PACKAGE
// swift-tools-version: 6.2
import PackageDescription
let package = Package(
  name: "app", platforms: [.macOS(.v15)],
  dependencies: [.package(url: "file://$snapshot", exact: "$version")],
  targets: [.executableTarget(name: "App", dependencies: [.product(name: "Orchard", package: "orchard")])])
PACKAGE
cat >"$place/app/Sources/App/main.swift" <<'SWIFT'
import Orchard

let numbers = Tensor([1, 2, 3] as [Float])
print("squares:", (numbers * numbers).sum.scalar)
let pairs = try PredictionSet(predictions: ["the cat sat"], references: ["the cat sat"])
print("rouge1:", try ScoreReport(scoring: pairs, with: [ROUGE()]).score("rouge1", "f")?.value ?? 0)
SWIFT
build "$place/app"
libraries=$root/.libtorch/current/lib
output=$(LD_LIBRARY_PATH=$libraries DYLD_LIBRARY_PATH=$libraries "$place/app/.build/debug/App")
[ "$output" = $'squares: 14.0\nrouge1: 1.0' ] || { printf 'FAILED: the package that depends on this one says\n%s\n' "$output" && exit 1; }
echo "1 passed, 0 failed"
