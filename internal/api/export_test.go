package api

import (
	"net/http"

	"github.com/danielgtaylor/huma/v2"
)

// Document is the OpenAPI document.
func (a *API) Document() *huma.OpenAPI { return a.doc }

// Endpoints are the patterns on the mux.
func (a *API) Endpoints() []string { return a.patterns }

// Endpoint is the pattern that serves a request.
func (a *API) Endpoint(r *http.Request) string {
	_, pattern := a.mux.Handler(r)
	return pattern
}

// FaultCodes lists the documented codes.
func FaultCodes() map[string]bool {
	codes := map[string]bool{}
	for _, f := range faultCodes() {
		codes[f.Code] = true
	}
	return codes
}
