package serve

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"
)

// Serve answers requests at a listener until the context is done. Then it takes
// no more, finishes those that have arrived, and returns nil. The caller closes
// the service.
func (s *Service) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler:           s.Handler(),
		ReadHeaderTimeout: min(s.o.RequestTime, 10*time.Second),
		ReadTimeout:       s.o.RequestTime,
		WriteTimeout:      2 * s.o.RequestTime,
		IdleTimeout:       s.o.IdleTime,
		MaxHeaderBytes:    16 << 10,
		TLSConfig:         s.o.TLS,
		ErrorLog:          slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	l = netutil.LimitListener(l, s.o.Connections)
	ended := make(chan error, 1)
	go func() {
		if s.o.TLS != nil {
			ended <- server.ServeTLS(l, "", "")
		} else {
			ended <- server.Serve(l)
		}
	}()
	select {
	case err := <-ended:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	soon, cancel := context.WithTimeout(context.Background(), s.o.RequestTime)
	defer cancel()
	err := server.Shutdown(soon)
	if errors.Is(err, context.DeadlineExceeded) { // those who are slow are cut off
		err = server.Close()
	}
	if err != nil {
		return fmt.Errorf("serve: %w", err)
	}
	return nil
}

// answering answers a request or refuses it.
type answering func(w http.ResponseWriter, r *http.Request) *refusal

// Handler answers the service's requests. Other sites' scripts in a browser are
// kept out.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	handle := func(pattern string, f answering) {
		_, path, _ := strings.Cut(pattern, " ")
		seconds := s.metrics.requestSeconds.WithLabelValues(path)
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			start := time.Now()
			if why := f(w, r); why != nil {
				why.answer(w, s.metrics)
			}
			seconds.Observe(time.Since(start).Seconds())
		})
	}
	handle("POST /predict", s.allowed(s.predict))
	handle("POST /learn", s.allowed(s.learn))
	handle("GET /model", s.allowed(s.modelFacts))
	handle("GET /live", s.allowed(s.live))
	handle("GET /healthz", s.health)
	handle("GET /metrics", s.allowed(plainly(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))))
	if s.o.Debug {
		for path, h := range map[string]http.HandlerFunc{"": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace} {
			handle("GET /debug/pprof/"+path, s.allowed(plainly(h)))
		}
	}
	servePage(mux)
	return s.guard(http.NewCrossOriginProtection().Handler(mux))
}

func plainly(h http.Handler) answering {
	return func(w http.ResponseWriter, r *http.Request) *refusal {
		h.ServeHTTP(w, r)
		return nil
	}
}

// allowed asks for the token, where there is one.
func (s *Service) allowed(f answering) answering {
	want := sha256.Sum256([]byte(s.o.Token))
	return func(w http.ResponseWriter, r *http.Request) *refusal {
		kind, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		got := sha256.Sum256([]byte(strings.TrimSpace(token)))
		if s.o.Token != "" && (!strings.EqualFold(kind, "Bearer") || subtle.ConstantTimeCompare(got[:], want[:]) == 0) {
			return &refusal{Status: http.StatusUnauthorized, Reason: "token", Text: "expected the service's token, as in Authorization: Bearer TOKEN"}
		}
		return f(w, r)
	}
}

// policy lets the page load its own files and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// guard sets what every answer has, and keeps out those who ask by another
// name than this machine's.
func (s *Service) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if s.o.Token == "" && !mayAsk(r) {
			why := &refusal{Status: http.StatusForbidden, Reason: "host", Text: "this service has no token and answers to localhost only, not to " + r.Host}
			why.answer(w, s.metrics)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// mayAsk reports whether a request that arrives at a loopback address names
// one. Another name there is that of a site that has pointed it here, to let its
// scripts read what is served.
func mayAsk(r *http.Request) bool {
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
