# shellcheck shell=bash
# Certificates for registries behind TLS.

# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

new_key=(-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes)

# make_authority NAME: NAME.crt and NAME.key in $scratch.
make_authority() {
  openssl req -x509 "${new_key[@]}" -days 2 -subj "/CN=$1" -keyout "$scratch/$1.key" \
    -out "$scratch/$1.crt" >"$scratch/openssl.log" 2>&1 || bail_out "$(<"$scratch/openssl.log")"
}

# make_certificate NAME AUTHORITY HOST [END]: NAME.crt and NAME.key in $scratch, of HOST, which end
# at END (YYYYMMDDHHMMSSZ), else in two days.
make_certificate() {
  local folder=$scratch/$2.files
  mkdir -p "$folder"
  : >"$folder/index"
  printf 'unique_subject = no\n' >"$folder/index.attr"
  printf '[ca]\ndefault_ca = own\n[own]\ndir = %s\ndatabase = %s/index\nnew_certs_dir = %s\nrand_serial = yes
default_md = sha256\npolicy = any\nx509_extensions = names\n[any]\ncommonName = supplied\n[names]
subjectAltName = DNS:%s\nextendedKeyUsage = serverAuth, clientAuth\n' \
    "$folder" "$folder" "$folder" "$3" >"$folder/config"
  {
    openssl req "${new_key[@]}" -subj "/CN=$3" -keyout "$scratch/$1.key" -out "$scratch/$1.csr" &&
      openssl ca -batch -notext -config "$folder/config" -cert "$scratch/$2.crt" -keyfile "$scratch/$2.key" \
        -in "$scratch/$1.csr" -out "$scratch/$1.crt" -startdate 20200101000000Z \
        -enddate "${4:-$(date -u -d '2 days' +%Y%m%d%H%M%SZ)}"
  } >"$scratch/openssl.log" 2>&1 || bail_out "$(<"$scratch/openssl.log")"
}
