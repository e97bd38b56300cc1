/* desk_forecast: answers of a forecast (forecast/answers.h), written by hand. */
#ifndef RETURNHUB_TESTS_WEB_DESK_FORECAST_H
#define RETURNHUB_TESTS_WEB_DESK_FORECAST_H

static const char desk_run[] =
    "{\"answer\":\"run\",\"scenario\":\"it\",\"title\":\"What <might> "
    "be\",\"futures\":20,\"seed\":7,\"one_in\":1,"
    "\"scenario_identity\":\"5ce0\",\"rulebook_identity\":\"1a30\","
    "\"sources\":[{\"name\":\"it.scenario\",\"sha256\":\"f11e\"}],"
    "\"measures\":[{\"name\":\"more\",\"title\":\"More of it\",\"from\":\"2024-04-01\"}],"
    "\"assumptions\":[{\"name\":\"comers\",\"title\":\"Who comes\",\"says\":\"between 1 and "
    "2\",\"source\":\"assumed\"}],"
    "\"series\":[{\"name\":\"waiting\",\"title\":\"Waiting\",\"unit\":\"people\",\"quarters\":["
    "{\"quarter\":\"2024-Q1\",\"level\":{\"mean\":1000,\"median\":1000,\"interval_50\":[900,1100],"
    "\"interval_80\":[800,1200],\"interval_95\":[700,1300]},"
    "\"difference\":{\"mean\":0,\"median\":0,\"interval_50\":[0,0],\"interval_80\":[0,0],"
    "\"interval_95\":[0,0]}},"
    "{\"quarter\":\"2024-Q2\",\"level\":{\"mean\":12345,\"median\":12345,\"interval_50\":[12000,"
    "13000],\"interval_80\":[11000,14000],\"interval_95\":[10000,15000]},"
    "\"difference\":{\"mean\":-50,\"median\":-50,\"interval_50\":[-60,-40],\"interval_80\":[-70,-"
    "30],\"interval_95\":[-80,-20]}}]}]}";
static const char desk_shares[] =
    "{\"answer\":\"shares\",\"scenario\":\"it\",\"title\":\"What <might> "
    "be\",\"futures\":20,\"seed\":7,\"one_in\":1,"
    "\"scenario_identity\":\"5ce0\",\"rulebook_identity\":\"1a30\","
    "\"sources\":[{\"name\":\"it.scenario\",\"sha256\":\"f11e\"}],"
    "\"measures\":[{\"name\":\"more\",\"title\":\"More of "
    "it\",\"from\":\"2024-04-01\"}],\"assumptions\":[],"
    "\"series\":[{\"name\":\"waiting\",\"title\":\"Waiting\",\"unit\":\"people\",\"quarters\":["
    "{\"quarter\":\"2024-Q2\",\"together\":{\"mean\":-50,\"error\":2.5},\"shares\":[{\"measure\":"
    "\"more\",\"mean\":-50,\"error\":2.5}]}]}]}";
static const char desk_sensitivity[] =
    "{\"answer\":\"sensitivity\",\"scenario\":\"it\",\"title\":\"What <might> "
    "be\",\"futures\":200,\"seed\":7,\"one_in\":1,"
    "\"scenario_identity\":\"5ce0\",\"rulebook_identity\":\"1a30\",\"sources\":[],"
    "\"quarter\":\"2024-Q2\","
    "\"measures\":[],\"assumptions\":[{\"name\":\"comers\",\"title\":\"Who "
    "comes\",\"says\":\"between 1 and 2\",\"source\":\"assumed\"}],"
    "\"series\":[{\"name\":\"waiting\",\"title\":\"Waiting\",\"unit\":\"people\",\"level\":[{"
    "\"assumption\":\"comers\",\"index\":0.75,\"error\":0.02}],"
    "\"difference\":[{\"assumption\":\"comers\",\"index\":0.01,\"error\":0.02}]}]}";

#endif
