// Package playground is a page on which one types a formula and sees how it
// descends. All that it computes is computed in the browser, by package lab
// compiled to WebAssembly; the server only hands out the page's files, which
// this package embeds.
package playground

//go:generate go run ./generate
