/* pipeline_ns3 REPLICATIONS SEED: the pipeline (pipeline.h) on the simulator of ns-3: an event is a function that is called at its
 * time, from ns-3's list of what is to come (its quickest, the priority queue). The model and the numbers are the bare wheel's. */
extern "C" {
#include "report.h"
}
#include "numbers.h"
#include "pipeline.h"

#include <deque>
#include <ns3/core-module.h>

namespace {

struct Waiting {
    double since;
};

struct Queue {
    std::deque<Waiting> line;
    uint32_t busy = 0;
    uint64_t served = 0;
    double waited = 0;
};

Queue queues[STATIONS];
uint64_t events;
uint64_t ended;

/* A day is a second of the simulator. */
double Now()
{
    return ns3::Simulator::Now().GetSeconds();
}

void AfterService(uint32_t station);
void AfterAbsence();
void Arrive();
void Return();

void BeginService(uint32_t station, double since)
{
    const pipeline_station &data = pipeline_stations[station];
    Queue &queue = queues[station];
    queue.busy++;
    queue.served++;
    queue.waited += Now() - since;
    const double logMean = std::log(data.mean) - data.spread * data.spread / 2;
    ns3::Simulator::Schedule(ns3::Seconds(std::exp(logMean + data.spread * normal())), &AfterService, station);
}

void Come(uint32_t station)
{
    if (queues[station].busy < static_cast<uint32_t>(pipeline_stations[station].places)) {
        BeginService(station, Now());
    } else {
        queues[station].line.push_back({Now()});
    }
}

void Removal()
{
    const double part = unit();
    if (part < PIPELINE_SUBMITS) {
        Come(INITIAL);
    } else if (part < PIPELINE_SUBMITS + PIPELINE_ABSCONDS) {
        ns3::Simulator::Schedule(ns3::Seconds(PIPELINE_ABSENCE * exponential()), &AfterAbsence);
    } else if (part < PIPELINE_SUBMITS + PIPELINE_ABSCONDS + PIPELINE_VOLUNTARY) {
        ns3::Simulator::Schedule(ns3::Seconds(PIPELINE_PREPARATION * exponential()), &Return);
    } else {
        Come(HUB);
    }
}

/* Where an applicant goes who is not given what they asked for. */
void GoOn(double given, double goesOn, uint32_t next)
{
    if (unit() < given) {
        ended++;
    } else if (goesOn > 0 && unit() < goesOn) {
        Come(next);
    } else {
        Removal();
    }
}

void AfterService(uint32_t station)
{
    events++;
    Queue &queue = queues[station];
    queue.busy--;
    if (!queue.line.empty()) {
        const double since = queue.line.front().since;
        queue.line.pop_front();
        BeginService(station, since);
    }
    if (station == INITIAL) {
        GoOn(PIPELINE_GRANTED, PIPELINE_APPEALS, FIRST_TIER);
    } else if (station == FIRST_TIER) {
        GoOn(PIPELINE_ALLOWED, PIPELINE_GOES_ON, UPPER);
    } else if (station == UPPER) {
        GoOn(PIPELINE_UPPER_ALLOWS, 0, UPPER);
    } else {
        ended++;
    }
}

void AfterAbsence()
{
    events++;
    if (unit() < PIPELINE_RETURNS) {
        Removal();
    } else {
        ended++;
    }
}

void Return()
{
    events++;
    ended++;
}

void Arrive()
{
    events++;
    ns3::Simulator::Schedule(ns3::Seconds(exponential() / PIPELINE_RATE), &Arrive);
    Come(INITIAL);
}

void Run()
{
    ns3::Simulator::SetScheduler(ns3::ObjectFactory("ns3::PriorityQueueScheduler"));
    events = ended = 0;
    for (Queue &queue : queues) {
        queue = Queue();
    }
    for (int i = 0; i < PIPELINE_AT_INITIAL; i++) {
        Come(INITIAL);
    }
    for (int i = 0; i < PIPELINE_AT_FIRST; i++) {
        Come(FIRST_TIER);
    }
    ns3::Simulator::Schedule(ns3::Seconds(exponential() / PIPELINE_RATE), &Arrive);
    ns3::Simulator::Stop(ns3::Seconds(PIPELINE_DAYS));
    ns3::Simulator::Run();
    ns3::Simulator::Destroy();
}

} // namespace

int main(int argc, char **argv)
{
    static struct report report = {};
    report.name = "ns-3";
    const struct report_order order = report_order(argc, argv);
    numbers_begin();
    for (uint64_t i = 0; i < order.replications; i++) {
        numbers_seed(order.seed + i);
        const double from = report_seconds();
        Run();
        report_add(&report, report_seconds() - from, events, ended);
        for (int s = 0; s < STATIONS; s++) {
            report.wait[s] += queues[s].waited / static_cast<double>(queues[s].served);
        }
    }
    report_print(&report);
    return 0;
}
