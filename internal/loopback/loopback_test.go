package loopback

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestMayAsk(t *testing.T) {
	for _, c := range []struct {
		at, host string
		want     bool
	}{
		{"127.0.0.1:80", "localhost", true},
		{"127.0.0.1:80", "localhost:7777", true},
		{"127.0.0.1:80", "LOCALHOST.", true},
		{"[::1]:80", "127.0.0.1:80", true},
		{"[::1]:80", "[::1]:80", true},
		{"[::1]:80", "[::1]", true},
		{"127.0.0.1:80", "play.localhost", true},
		{"127.0.0.1:80", "evil.example", false},
		{"[::1]:80", "evil.example:7777", false},
		{"127.0.0.1:80", "192.168.1.2", false},
		{"127.0.0.1:80", "localhost.evil.example", false},
		{"127.0.0.1:80", "notlocalhost", false},
		{"127.0.0.1:80", "", false},
		{"192.168.1.2:80", "a.proxy", true},
	} {
		at, err := net.ResolveTCPAddr("tcp", c.at)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = c.host
		r = r.WithContext(context.WithValue(r.Context(), http.LocalAddrContextKey, net.Addr(at)))
		if got := MayAsk(r); got != c.want {
			t.Errorf("asked as %q at %s: %t", c.host, c.at, got)
		}
	}
	r := httptest.NewRequest("GET", "http://elsewhere.example/", nil) // arrives at no address
	if !MayAsk(r) {
		t.Error("elsewhere a name is refused")
	}
}
