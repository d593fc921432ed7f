"""Who may do what at the stand-in for the API server: Kubernetes' role-based access control, of
service accounts and with Roles alone (kubernetes/kubernetes 1.26, plugin/pkg/auth/authorizer/rbac).
"""

from api_fields import Refusal

TOKEN = "stand-in-token"


def service_account_of(authorization, objects):
    """Whose token it is, as (namespace, name). Here a token names its owner, and proves nothing."""
    scheme, _, token = (authorization or "").partition(" ")
    kind, namespace, name = (token.split(".") + ["", ""])[:3]
    if scheme != "Bearer" or kind != TOKEN or ("serviceaccounts", namespace, name) not in objects:
        raise Refusal(401, "Unauthorized", "Unauthorized")
    return namespace, name


def is_listed(value, values):
    return value in values or "*" in values


def allows(rule, verb, kind, name):
    """A request that creates has no name yet, so that no rule with names allows it."""
    return (
        is_listed(verb, rule["verbs"])
        and is_listed(kind.group, rule["apiGroups"])
        and is_listed(kind.plural, rule["resources"])
        and (not rule.get("resourceNames") or name in rule["resourceNames"])
    )


def rules_of(account, namespace, objects):
    for (plural, place, _), binding in objects.items():
        if plural != "rolebindings" or place != namespace:
            continue
        subjects = [(s["namespace"], s["name"]) for s in binding.get("subjects", [])]
        role = objects.get(("roles", namespace, binding["roleRef"]["name"]))
        if account in subjects and role and binding["roleRef"]["kind"] == "Role":
            yield from role.get("rules", [])


def check_access(account, verb, kind, namespace, name, objects):
    """Refuses what no Role in the namespace allows to the service account."""
    if any(allows(rule, verb, kind, name) for rule in rules_of(account, namespace, objects)):
        return
    what = f'{kind.plural} "{name}" is' if name else f"{kind.plural} is"
    raise Refusal(
        403,
        "Forbidden",
        f'{what} forbidden: User "system:serviceaccount:{":".join(account)}" cannot {verb} resource '
        f'"{kind.plural}" in API group "{kind.group}" in the namespace "{namespace}"',
    )
