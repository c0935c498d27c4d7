package api

import "github.com/scriphq/scrip/internal/coupon"

// paging is what every list takes.
type paging struct {
	Limit int64  `query:"limit" minimum:"1" maximum:"200" doc:"Rows of a page; 50 when left out"`
	After string `query:"after" maxLength:"1000" doc:"next of the page before"`
}

func (p paging) paging() coupon.Paging { return coupon.Paging{After: p.After, Limit: int(p.Limit)} }

// list is one page of a list.
type list[R any] struct {
	Data []R     `json:"data" nullable:"false"`
	Next *string `json:"next" doc:"The cursor of the next page, null on the last one"`
}

func listOf[A, B any](p coupon.Page[A], show func(*A) B) list[B] {
	return list[B]{Data: each(p.Rows, show), Next: orNil(p.Next)}
}

// byID is the input of an endpoint about one thing.
type byID[T ~string] struct {
	ID T `path:"id"`
}
