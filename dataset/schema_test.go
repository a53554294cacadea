package dataset

import (
	"math"
	"slices"
	"testing"
)

// TestSchemaRoundTrip reads a file again with its schema, kept as JSON.
func TestSchemaRoundTrip(t *testing.T) {
	for _, target := range []string{"price", "district", "rooms", "garden"} {
		d, err := Open("testdata/houses.csv", Options{Target: target})
		if err != nil {
			t.Fatal(err)
		}
		again, err := reread(t, d.Schema).Open("testdata/houses.csv")
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, d, again)
	}
}

func flatsSchema(t *testing.T) (*Data, Schema) {
	d := open(t, "flats.csv", flats, Options{Target: "price"})
	return d, reread(t, d.Schema)
}

func TestSchemaByName(t *testing.T) {
	d, s := flatsSchema(t)
	for _, text := range []string{
		"city,size\nRome,10\nOslo,30\n",
		"new,city,price,size\n1,Rome,,10\n2,Oslo,NA,30\n",
	} {
		got, err := s.Open(write(t, "b.csv", text))
		if err != nil {
			t.Fatal(err)
		}
		if got.Y != nil || !slices.Equal(got.X, d.X[:8]) {
			t.Errorf("%q: X = %v, Y = %v, want X = %v and no Y", text, got.X, got.Y, d.X[:8])
		}
		if text[:3] == "new" {
			wantNote(t, got, `column "new": not in the schema, ignored`)
		}
	}
}

func TestSchemaUnseen(t *testing.T) {
	d, s := flatsSchema(t)
	got, err := s.Open(write(t, "b.csv", "size,city\n10,Bern\n,?\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{d.X[0], 0, 0, 0, 0, 1, 0, 0}; !slices.Equal(got.X, want) {
		t.Errorf("X = %v, want %v", got.X, want)
	}
	wantNote(t, got, `column "city": 1 not in the schema, such as "Bern" (line 2), encoded as zeros`)
	wantNote(t, got, `column "size": 1 missing, filled with the mean`)

	s = open(t, "a.csv", "city,y\nRome,0\nOslo,1\n", Options{Target: "y"}).Schema
	got, err = s.Open(write(t, "b.csv", "city,y\n?,\nRome,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []float32{0, 0, 0, 1}; !slices.Equal(got.X, want) {
		t.Errorf("X = %v, want %v", got.X, want)
	}
	wantNote(t, got, `column "city": 1 missing, encoded as zeros`)
}

func TestSchemaErrors(t *testing.T) {
	_, s := flatsSchema(t)
	for _, c := range []struct{ text, want string }{
		{"size,town,price\n1,Rome,2\n", "missing column: city; the file's columns are: size, town, price"},
		{"1,2,3,4\n", "no header line; columns are matched by name"},
		{"size,city\n", "a header and no data"},
		{"size,city\n1,Rome\nbig,Rome\n", `b.csv:3: column "size": "big" is not a finite number`},
		{"size,city\nNaN,Rome\n", `b.csv:2: column "size": "NaN" is not a finite number`},
		{"size,city\n1e300,Rome\n", `b.csv:2: column "size": 1e300 is too far from the mean 20`},
		{"size,city,price\n1,Rome,\n1,Rome,2\n", `b.csv:2: target "price" is missing, though other lines have it`},
		{"size,city,price\n1,Rome,x\n", `b.csv:2: target "price": "x" is not a finite number`},
		{"size,city,price\n1,Rome,1e300\n", `b.csv:2: target "price": 1e300 is too far from the mean 3`},
		{"size,city\n1\n", "b.csv:2: 1 cells, expected 2"},
	} {
		_, err := s.Open(write(t, "b.csv", c.text))
		wantError(t, err, c.want)
	}
}

// TestSchemaDamaged breaks a schema in every way that reading relies on.
func TestSchemaDamaged(t *testing.T) {
	path := write(t, "flats.csv", flats)
	for _, c := range []struct {
		want   string
		damage func(*Schema)
	}{
		{"none of csv, libsvm and idx", func(s *Schema) { s.Format = "" }},
		{"not one of an example", func(s *Schema) { s.Shape = []int{-4} }},
		{"not one of an example", func(s *Schema) { s.Shape = []int{1 << 20, 1 << 20} }},
		{"make examples of shape [4], not [5]", func(s *Schema) { s.Shape = []int{5} }},
		{"make examples of shape [4], not [1 4]", func(s *Schema) { s.Shape = []int{1, 4} }},
		{"make examples of shape [4], not []", func(s *Schema) { s.Shape = nil }},
		{"0 columns are the target", func(s *Schema) { s.Columns[3].Kind = Ignored }},
		{"unknown kind", func(s *Schema) { s.Columns[0].Kind = "" }},
		{`column "size" has mean`, func(s *Schema) { s.Columns[0].Std = 0 }},
		{`column "size" has mean`, func(s *Schema) { s.Columns[0].Mean = math.NaN() }},
		{`target "price" has mean`, func(s *Schema) { s.Target.Std = math.Inf(1) }},
		{"has 0 classes", func(s *Schema) { s.Target.Task = Classification }},
		{`the task "" is neither`, func(s *Schema) { s.Target.Task = "" }},
		{"missing column: city", func(s *Schema) {
			s.Columns[1].Name = "size"
			s.Columns[0].Name = "city"
			s.Columns[2] = s.Columns[0]
			s.Shape = []int{5}
		}},
	} {
		_, s := flatsSchema(t)
		c.damage(&s)
		_, err := s.Open(path)
		wantError(t, err, c.want)
	}
	_, err := Schema{}.Open(path)
	wantError(t, err, "schema: ")
}
