#include "web/route.h"

const struct route routes[] = {
#define ROUTE(method, pattern, door, name) {method, STR_INIT(pattern), ROUTE_##door, handle_##name},
#define QUERY(pattern, names)
#include "web/route.def"
#undef QUERY
#undef ROUTE
};
const size_t route_count = sizeof routes / sizeof routes[0];

static const struct {
    str pattern;
    str names;
} queries[] = {
#define ROUTE(method, pattern, door, name)
#define QUERY(pattern, names) {STR_INIT(pattern), STR_INIT(names)},
#include "web/route.def"
#undef QUERY
#undef ROUTE
};
enum { QUERIES = sizeof queries / sizeof queries[0] };

str route_query(const struct route *route)
{
    for (size_t i = 0; i < QUERIES; i++) {
        if (str_equal(queries[i].pattern, route->pattern)) {
            return queries[i].names;
        }
    }
    return STR("");
}

/* Letter by letter, but for a parameter, which is a segment, and what is left; neither is empty. */
static bool pattern_matches(str pattern, str path, str parameters[ROUTE_PARAMETERS_MAX])
{
    size_t parameter_count = 0;
    size_t at = 0; /* in the path */
    for (size_t i = 0; i < pattern.len; i++) {
        if (pattern.at[i] != '{') {
            if (at == path.len || path.at[at++] != pattern.at[i]) {
                return false;
            }
            continue;
        }
        const size_t begin = at;
        if (pattern.at[i + 1] == '*') {
            return at < path.len;
        }
        while (at < path.len && path.at[at] != '/') {
            at++;
        }
        if (at == begin) {
            return false;
        }
        ASSERT(parameter_count < ROUTE_PARAMETERS_MAX);
        parameters[parameter_count++] = str_slice(path, begin, at);
        i += str_find_char(str_slice(pattern, i, pattern.len), '}');
    }
    return at == path.len;
}

/* Most patterns are told from a path by the letter that each begins with: so nearly none is looked
 * at more closely. */
static bool begins_otherwise(str pattern, str path)
{
    return pattern.len > 1 && path.len > 1 && pattern.at[1] != '{' && pattern.at[1] != path.at[1];
}

static bool answers(const struct route *route, enum http_method method)
{
    return route->method == method || (route->method == HTTP_GET && method == HTTP_HEAD);
}

static const char *allow_text(bool get, bool post)
{
    if (get && post) {
        return "GET, HEAD, OPTIONS, POST";
    }
    return post ? "OPTIONS, POST" : "GET, HEAD, OPTIONS";
}

struct route_match route_find(enum http_method method, str path)
{
    struct route_match match = {0};
    bool get = false;
    bool post = false;
    for (size_t i = 0; i < route_count; i++) {
        str parameters[ROUTE_PARAMETERS_MAX] = {{0}};
        if (begins_otherwise(routes[i].pattern, path) ||
            !pattern_matches(routes[i].pattern, path, parameters)) {
            continue;
        }
        match.address_known = true;
        get = get || routes[i].method == HTTP_GET;
        post = post || routes[i].method == HTTP_POST;
        /* The first row counts: "/people/new" stands before "/people/{person}". */
        if (match.route == NULL && answers(&routes[i], method)) {
            match.route = &routes[i];
            for (size_t p = 0; p < ROUTE_PARAMETERS_MAX; p++) {
                match.parameters[p] = parameters[p];
            }
        }
    }
    match.allow = match.address_known ? allow_text(get, post) : "";
    return match;
}
