//go:build browser

package playground

import (
	"context"
	"net/http/httptest"
	"testing"

	"github.com/descent-go/descent/internal/browser"
)

// wide is a usual screen.
var wide = browser.Screen{Width: 1280, Height: 900}

// serving is a playground of the test.
func serving(t *testing.T) *httptest.Server {
	t.Helper()
	s := httptest.NewServer(Handler())
	t.Cleanup(s.Close)
	return s
}

// open opens an address and waits for its first picture.
func open(t *testing.T, chromium context.Context, address string, s browser.Screen) *browser.Tab {
	t.Helper()
	p := browser.Visit(t, chromium, address, s, "")
	p.Until(`document.body.dataset.ready === "true"`)
	return p
}
