package main

// files are those of the sessions in docs/online.md.
var files = map[string]string{
	"clicks.vw": `1 |ad shoes |user anna |site news
-1 |ad tea |user anna |site news
-1 |ad shoes |user bob |site sport
1 |ad shoes |user carl |site news
-1 |ad tea |user bob |site news
1 |ad books |user dora |site mail
-1 |ad tea |user carl |site sport
-1 |ad books |user bob |site sport
1 |ad shoes |user dora |site news
-1 |ad tea |user dora |site mail
`,
	"new.vw": `'first |ad shoes |user anna |site news
'second |ad tea |user eve |site sport
`,
	"clicks.csv": `_label,ad|name,user|name,site|name
1,shoes,anna,news
-1,tea,anna,news
-1,shoes,bob,sport
`,
	"clicks.jsonl": `{"_label":1,"ad":{"shoes":true},"user":{"anna":true},"site":{"news":true}}
{"_label":-1,"ad":{"tea":true},"user":{"anna":true},"site":{"news":true}}
{"_label":-1,"ad":{"shoes":true},"user":{"bob":true},"site":{"sport":true}}
`,
	"clicks.svm": `1 1:1 4:1 7:1
-1 2:1 4:1 7:1
-1 1:1 5:1 8:1
`,
	"fading.rule": fading,
}

// sessions are commands that the page shows with what they print.
var sessions = map[string][]string{
	"first": {
		"descent learn clicks.vw --loss_function logistic --link logistic --ftrl --names -f model -p predictions",
		"descent model show model --top 5",
		"descent learn -t -i model -d new.vw --quiet -p -",
	},
	"formats": {
		"descent learn clicks.csv --loss_function logistic --ftrl --quiet -p -",
		"descent learn clicks.jsonl --loss_function logistic --ftrl --quiet -p -",
		"descent learn clicks.svm --loss_function logistic --ftrl --quiet -p -",
	},
	"own": {
		"descent learn clicks.vw --loss_function logistic --formula fading.rule --lr 0.3 --set keep=0.99 --quiet -f model",
		"descent learn clicks.vw --loss_function logistic --optimizer ftml --lr 0.03 --quiet -f model",
	},
	"resume": {
		"descent learn clicks.vw --loss_function logistic --ftrl --quiet -f monday",
		"descent learn new.vw -i monday --quiet -f tuesday",
	},
	"passes": {
		"descent learn clicks.vw --loss_function logistic -c --passes 20 --holdout_period 5 -q as --l2 1e-6 -f model",
	},
	"names": {
		"descent learn clicks.vw --loss_function logistic --ftrl --quiet --invert_hash names.txt --readable_model weights.txt",
		"cat names.txt",
	},
	"serve": {
		"descent learn clicks.vw --loss_function logistic --link logistic --ftrl --names --quiet -f model",
		"descent serve -i model --store store &",
		"curl -s -H 'Content-Type: text/plain' --data-binary @new.vw localhost:8080/predict",
		"curl -s -H 'Content-Type: text/plain' -H 'Accept: text/plain' --data-binary '|ad shoes |user eve |site news' localhost:8080/predict",
		`curl -s -H 'Content-Type: application/json' -d '{"_label":1,"ad":{"tea":true},"user":{"eve":true},"site":{"news":true}}' localhost:8080/learn`,
		"curl -s -H 'Content-Type: text/plain' --data-binary '2 |ad tea' localhost:8080/learn",
		"kill -9 %1",
		"descent serve --store store &",
		"curl -s 'localhost:8080/model?top=2'",
	},
}
