#include "web/assets.h"

#include "base/hash.h"
#include "system/system.h"

#include <string.h>

enum { ASSET_BYTES_MAX = 4 * 1024 * 1024 };

struct asset_type {
    str suffix;
    str content_type;
};

static const struct asset_type asset_types[] = {
    {STR_INIT(".css"), STR_INIT("text/css; charset=utf-8")},
    {STR_INIT(".js"), STR_INIT("text/javascript; charset=utf-8")},
    {STR_INIT(".svg"), STR_INIT("image/svg+xml")},
    {STR_INIT(".png"), STR_INIT("image/png")},
};

static result read_asset(struct web *web, str name, str content_type, struct err *err)
{
    if (web->asset_count == WEB_ASSETS_MAX) {
        return err_set(err, ERROR_LIMIT, "The assets folder holds more than %d files",
                       WEB_ASSETS_MAX);
    }
    struct asset *asset = &web->assets[web->asset_count];
    asset->name = name;
    asset->content_type = content_type;
    const str path =
        arena_format(&web->arena, "%s/%.*s", web->options.assets_folder, STR_ARG(name));
    const str packed = arena_format(&web->arena, "%.*s.gz", STR_ARG(path));
    if (path.at == NULL || packed.at == NULL) {
        return arena_full(err);
    }
    TRY(system_read_file(path.at, ASSET_BYTES_MAX, &web->arena, &asset->body, err));
    if (system_file_exists(packed.at)) {
        TRY(system_read_file(packed.at, ASSET_BYTES_MAX, &web->arena, &asset->gzip, err));
    }
    const struct sha256 hash = sha256_of(asset->body);
    char hex[SHA256_HEX_SIZE];
    sha256_hex(&hash, hex);
    memcpy(asset->hash, hex, ASSET_HASH_SIZE - 1);
    asset->hash[ASSET_HASH_SIZE - 1] = '\0';
    web->asset_count++;
    return result_ok();
}

result assets_open(struct web *web, struct err *err)
{
    for (size_t t = 0; t < sizeof asset_types / sizeof asset_types[0]; t++) {
        const str *names = NULL;
        size_t count = 0;
        TRY(system_list_folder(web->options.assets_folder, asset_types[t].suffix, &web->arena,
                               &names, &count, err));
        for (size_t i = 0; i < count; i++) {
            TRY(read_asset(web, names[i], asset_types[t].content_type, err));
        }
    }
    if (assets_find(web, STR("returnhub.css")) == NULL) {
        result_ignore(err_set(err, ERROR_STORAGE, "There is no returnhub.css in %s",
                              web->options.assets_folder),
                      "the hint returns the failure");
        return err_hint(err, "Build it with script/build-assets");
    }
    return result_ok();
}

const struct asset *assets_find(const struct web *web, str name)
{
    for (size_t i = 0; i < web->asset_count; i++) {
        if (str_equal(web->assets[i].name, name)) {
            return &web->assets[i];
        }
    }
    return NULL;
}
