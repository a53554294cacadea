package serve_test

import (
	"fmt"
	"log"
	"net/http/httptest"
	"os"
	"strings"

	"github.com/descent-go/descent"
	"github.com/descent-go/descent/online"
	"github.com/descent-go/descent/optim"
	"github.com/descent-go/descent/serve"
)

// What a service has learned is there after a restart.
func Example() {
	dir, err := os.MkdirTemp("", "store-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	model, err := online.New(optim.FTRL, online.Options{Loss: online.Logistic, Link: online.LogisticLink}, descent.LR(0.5))
	if err != nil {
		log.Fatal(err)
	}
	service, err := serve.Open(dir, model, serve.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for range 3 {
		post(service, "/learn", "1 |ad shoes |user young\n-1 |ad shoes |user old\n")
	}
	fmt.Print(post(service, "/predict", "|ad shoes |user young"))
	if err := service.Close(); err != nil {
		log.Fatal(err)
	}

	service, err = serve.Open(dir, nil, serve.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(post(service, "/predict", "|ad shoes |user young"))
	if err := service.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// {"predictions":[{"value":0.59999156,"raw":0.4054298}]}
	// {"predictions":[{"value":0.59999156,"raw":0.4054298}]}
}

// post sends examples to a service; Service.Serve is what a server would use.
func post(service *serve.Service, path, examples string) string {
	request := httptest.NewRequest("POST", path, strings.NewReader(examples))
	request.Header.Set("Content-Type", "text/plain")
	answer := httptest.NewRecorder()
	service.Handler().ServeHTTP(answer, request)
	return answer.Body.String()
}
