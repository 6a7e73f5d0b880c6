# Debian 12 packages, in one place. Sourced by setup.sh. One line each: why it is needed.
build_packages=(
    g++ cmake ninja-build               # toolchain
    nlohmann-json3-dev                  # configuration, data sets, headers of checkpoints
    libcli11-dev                        # command line
    libutf8proc-dev                     # Unicode tables of the WordPiece tokenizer
    libtorch-dev                        # tensors and gradients
    libopenblas-openmp-dev              # the openmp flavour: obeys set_num_threads, 17 times the default BLAS
    libopencv-dev                       # pictures
    libjpeg-dev libpng-dev              # what is wrong with a picture (both are under OpenCV anyway)
    libicu-dev                          # scoring, and which questions are one: lower case and white space of every script
    libtesseract-dev tesseract-ocr-eng  # printed text in pictures
    libfaiss-dev                        # neighbour search
    liblapack-dev                       # what faiss links
    libsqlite3-dev                      # sessions
    qt6-base-dev                        # tests (Qt Test); the workbench
    qt6-svg-dev                         # figures as vector graphics
    libqcustomplot-dev                  # curves over the steps
)
test_packages=(
    locales                             # German, Turkish and Arabic numbers are typed and read
    sentencepiece                       # spm_encode: the tokenizer is compared with it
    python3                             # the example of docs/session-schema.md is run
)
