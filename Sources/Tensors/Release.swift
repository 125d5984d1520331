/// What is known of this release.
package enum Release {
  /// The version as in the release's tag.
  package static let version = "0.1.0"
}
