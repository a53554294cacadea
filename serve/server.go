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
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"golang.org/x/net/netutil"

	"github.com/descent-go/descent/internal/loopback"
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
		Protocols:         new(http.Protocols),
		TLSConfig:         s.o.TLS,
		ErrorLog:          slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	server.Protocols.SetHTTP1(true) // one request at a time: a limit of connections is one of requests
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
		method, path, _ := strings.Cut(pattern, " ")
		mux.Handle(pattern, s.counted(path, f))
		mux.Handle(path, s.counted(path, otherMethod(method)))
	}
	handle("POST /predict", s.allowed(s.predict))
	handle("POST /learn", s.allowed(s.learn))
	handle("GET /model", s.allowed(s.modelFacts))
	handle("GET /live", s.allowed(s.live))
	handle("GET /healthz", s.health)
	handle("GET /metrics", s.allowed(plainly(promhttp.HandlerFor(s.metrics.registry, promhttp.HandlerOpts{}))))
	if s.o.Debug {
		for path, h := range map[string]http.HandlerFunc{"": pprof.Index, "cmdline": pprof.Cmdline, "profile": pprof.Profile, "symbol": pprof.Symbol, "trace": pprof.Trace} {
			path = "/debug/pprof/" + path
			mux.Handle(path, s.counted(path, s.allowed(plainly(h))))
		}
	}
	servePage(mux)
	mux.Handle("/", s.counted("other", func(_ http.ResponseWriter, r *http.Request) *refusal {
		return &refusal{Status: http.StatusNotFound, Reason: "path", Text: fmt.Sprintf("there is nothing for %s at %.100q", r.Method, r.URL.Path)}
	}))
	origin := http.NewCrossOriginProtection()
	origin.SetDenyHandler(s.counted("other", func(http.ResponseWriter, *http.Request) *refusal {
		return &refusal{Status: http.StatusForbidden, Reason: "origin", Text: "another site's page asks: it may not"}
	}))
	return s.guard(origin.Handler(mux))
}

// counted answers and tells the metrics.
func (s *Service) counted(path string, f answering) http.Handler {
	seconds := s.metrics.requestSeconds.WithLabelValues(path)
	requests := s.metrics.requests.MustCurryWith(prometheus.Labels{"path": path})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		status := &statusWriter{w, http.StatusOK}
		if why := f(status, r); why != nil {
			why.answer(status, s.metrics)
		}
		seconds.Observe(time.Since(start).Seconds())
		requests.WithLabelValues(strconv.Itoa(status.status)).Inc()
	})
}

// statusWriter knows the status of the answer.
type statusWriter struct {
	http.ResponseWriter
	status int
}

func (w *statusWriter) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap is for http.ResponseController.
func (w *statusWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// otherMethod refuses all but the method that a path has.
func otherMethod(method string) answering {
	return func(w http.ResponseWriter, r *http.Request) *refusal {
		w.Header().Set("Allow", method)
		return &refusal{Status: http.StatusMethodNotAllowed, Reason: "method", Text: fmt.Sprintf("%.20s %s: expected %s", r.Method, r.URL.Path, method)}
	}
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
		if s.o.Token == "" && !loopback.MayAsk(r) {
			why := &refusal{Status: http.StatusForbidden, Reason: "host", Text: "this service has no token and answers to localhost only, not to " + r.Host}
			why.answer(w, s.metrics)
			return
		}
		next.ServeHTTP(w, r)
	})
}
