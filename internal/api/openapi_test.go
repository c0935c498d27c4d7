package api_test

import (
	"github.com/danielgtaylor/huma/v2"
)

func operations(item *huma.PathItem) map[string]*huma.Operation {
	out := map[string]*huma.Operation{}
	for method, o := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PATCH": item.Patch, "PUT": item.Put, "DELETE": item.Delete} {
		if o != nil {
			out[method] = o
		}
	}
	return out
}
