// Package loopback tells whether a request to a server of this machine may be
// answered.
package loopback

import (
	"net"
	"net/http"
	"strings"
)

// MayAsk reports whether a request that arrives at a loopback address names
// one. Another name there is that of a site that has pointed it here, to let its
// scripts read what is served. A request that arrives elsewhere may ask.
func MayAsk(r *http.Request) bool {
	at, ok := r.Context().Value(http.LocalAddrContextKey).(*net.TCPAddr)
	if !ok || !at.IP.IsLoopback() {
		return true
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.ToLower(strings.TrimSuffix(strings.Trim(host, "[]"), "."))
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
