/* Deeds with letters: issued, served, cancelled. text[0] is the person, number[0] the letter. */
#include "deeds_inside.h"

#include "casework/notices.h"

#include <stdio.h>
#include <string.h>

/* Somebody of two records, of whom it may turn out that they are two people; false: there is none.
 */
static bool draw_merged(struct world *world, struct order *order)
{
    struct model *model = &world->model;
    for (size_t i = 0; i < model->merge_count; i++) {
        if (model->merges[i].state == DONE) {
            snprintf(order->text[0], sizeof order->text[0], "%s",
                     model_person(model, model->merges[i].continues)->reference);
            return true;
        }
    }
    return false;
}

bool draw_issue_notice(struct world *world, struct order *order)
{
    order->by = draw_account(world, "caseworker");
    return world->office.casework.notices != NULL &&
           world->model.notice_count < MODEL_NOTICES_MAX - 2 &&
           ((chance(world, 0.5) && draw_merged(world, order)) ||
            draw_person(world, order->text[0], sizeof order->text[0]));
}

result send_issue_notice(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    struct notice_answer notice;
    const struct notice_order wanted = {.person = TEXT_OF(order, 0),
                                        .notice = STR("departure"),
                                        .language = STR(""),
                                        .hub = STR("")};
    TRY(casework_issue_notice(&world->office.casework, caller, &wanted, &world->office.work,
                              &notice, err));
    answer->repeated = notice.repeated;
    return result_ok();
}

/* Mostly one that waits. */
static const struct model_notice *draw_notice(struct world *world)
{
    const struct model *model = &world->model;
    const struct model_notice *notice = DRAW(world, model->notices, model->notice_count);
    for (size_t i = 0; i < model->notice_count && chance(world, 0.95); i++) {
        notice = model->notices[i].closed ? notice : &model->notices[i];
    }
    return notice;
}

bool draw_serve_notice(struct world *world, struct order *order)
{
    const struct model_notice *notice = draw_notice(world);
    if (notice == NULL) {
        return false;
    }
    order->by = draw_account(world, "caseworker");
    order->number[0] = notice->position;
    order->number[1] = world_today(world).day - (chance(world, 0.6) ? 0 : between(world, -1, 10));
    snprintf(order->text[1], sizeof order->text[1], "%s",
             chance(world, 0.7) ? "in_person" : "post");
    return true;
}

result send_serve_notice(struct world *world, const struct order *order,
                         const struct caller *caller, struct answer *answer, struct err *err)
{
    struct record_answer recorded;
    const struct notice_service service = {.notice = order->number[0],
                                           .on = {(int32_t)order->number[1]},
                                           .method = TEXT_OF(order, 1),
                                           .understood = true,
                                           .proof = STR("a signature")};
    TRY(casework_serve_notice(&world->office.casework, caller, &service, &world->office.work,
                              &recorded, err));
    answer->repeated = recorded.repeated;
    return result_ok();
}

bool draw_cancel_notice(struct world *world, struct order *order)
{
    const struct model_notice *notice = draw_notice(world);
    order->by = draw_account(world, "caseworker");
    order->number[0] = notice == NULL ? 0 : notice->position;
    return notice != NULL;
}

result send_cancel_notice(struct world *world, const struct order *order,
                          const struct caller *caller, struct answer *answer, struct err *err)
{
    struct notice_answer notice;
    TRY(casework_cancel_notice(&world->office.casework, caller, order->number[0],
                               STR("a wrong name"), &world->office.work, &notice, err));
    answer->repeated = notice.repeated;
    return result_ok();
}
