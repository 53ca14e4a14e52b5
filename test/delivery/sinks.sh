# Servers that messages arrive at, for tests and the demo: what they answer is told in sinks.py. Sourced.
# Needs /usr/bin/python3 and openssl; without python3-aiosmtpd there is no mail.

# make_authority DIRECTORY NAME: a certificate authority, NAME.pem and NAME.key
make_authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj "/CN=$2" \
		-keyout "$1/$2.key" -out "$1/$2.pem" 2>"$1/openssl.log" || { cat "$1/openssl.log"; return 1; }
}

# make_certificate DIRECTORY NAME AUTHORITY HOSTS [FROM TO]: one for hosts such as DNS:localhost
make_certificate() {
	cat >"$1/$2.cnf" <<-CONFIGURATION
		[ca]
		default_ca = authority
		[authority]
		new_certs_dir = $1
		database = $1/$2.index
		serial = $1/$2.serial
		default_md = sha256
		policy = anything
		x509_extensions = host
		[anything]
		commonName = supplied
		[host]
		subjectAltName = $4
	CONFIGURATION
	: >"$1/$2.index"
	openssl rand -hex 8 >"$1/$2.serial"
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=$2" \
		-keyout "$1/$2.key" -out "$1/$2.csr" 2>"$1/openssl.log" &&
		openssl ca -batch -notext -config "$1/$2.cnf" -cert "$1/$3.pem" -keyfile "$1/$3.key" -in "$1/$2.csr" -out "$1/$2.pem" \
			-days 20 ${5:+-startdate "$5" -enddate "$6"} 2>"$1/openssl.log" || { cat "$1/openssl.log"; return 1; }
}

make_certificates() {
	make_authority "$1" ca && make_authority "$1" other &&
		make_certificate "$1" server ca DNS:localhost,IP:127.0.0.1 &&
		make_certificate "$1" misnamed ca DNS:elsewhere.example &&
		make_certificate "$1" untrusted other DNS:localhost,IP:127.0.0.1 &&
		make_certificate "$1" expired ca DNS:localhost,IP:127.0.0.1 20200101000000Z 20200201000000Z
}

# start_sinks DIRECTORY: certificates once, then the servers. Sets SINK_CA, a file, SINK_ARRIVED, a file with a line of JSON for
# each message, and the ports SINK_HTTPS_PORT, SINK_UNTRUSTED_PORT, SINK_EXPIRED_PORT, SINK_MISNAMED_PORT, SINK_SMTP_PORT
# (STARTTLS and a password), SINK_SMTPS_PORT (TLS and a password) and SINK_PLAIN_SMTP_PORT.
start_sinks() {
	mkdir -p "$1"
	[ -e "$1/expired.pem" ] || make_certificates "$1" || return 1
	rm -f "$1/ports" "$1/stdin"
	mkfifo "$1/stdin"
	/usr/bin/python3 "$SINKS_PROGRAM" "$1" <"$1/stdin" >"$1/log" 2>&1 &
	SINKS_PID=$!
	# They end when this does, whatever becomes of this shell.
	exec 9>"$1/stdin"
	for attempt in $(seq 300); do
		[ ! -e "$1/ports" ] || break
		sleep 0.1
	done
	[ -e "$1/ports" ] || { cat "$1/log"; return 1; }
	. "$1/ports"
	SINK_CA=$1/ca.pem SINK_ARRIVED=$1/arrived.jsonl
	export SINK_CA SINK_ARRIVED SINK_HTTPS_PORT SINK_UNTRUSTED_PORT SINK_EXPIRED_PORT SINK_MISNAMED_PORT \
		SINK_SMTP_PORT SINK_SMTPS_PORT SINK_PLAIN_SMTP_PORT
}

stop_sinks() {
	kill "$SINKS_PID"
	exec 9>&-
	wait "$SINKS_PID" 2>/dev/null || true
}

# arrived [PATTERN]: lines of what arrived that match
arrived() {
	[ ! -e "$SINK_ARRIVED" ] || grep -e "${1:-}" "$SINK_ARRIVED" || true
}

SINKS_PROGRAM=${SINKS_PROGRAM:-test/delivery/sinks.py}
