// Package docs has the documentation's pages and pictures, for the web site that
// descent docs build makes.
package docs

import "embed"

// FS has the pages, their pictures and what they link to.
//
//go:embed *.md *.svg *.gif exporters tutorial
var FS embed.FS
