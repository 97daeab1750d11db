using System.Collections.Immutable;
using System.Security.Claims;

namespace Sallyport.Server.Access;

/// <summary>Who looks at a page or calls for a person, and what they may in which organisation.</summary>
/// <param name="Account">Id of the account, or of the key.</param>
/// <param name="Name">As shown, and as the audit names them.</param>
/// <param name="Roles">By organisation; <see cref="Everywhere"/> stands for all.</param>
internal sealed record Viewer(string Account, string Name, ImmutableDictionary<string, Role> Roles)
{
    /// <summary>The organisation that stands for all of them.</summary>
    public const string Everywhere = "*";

    /// <summary>Claim that holds one role, as <c>owner=role</c>.</summary>
    public const string RoleClaim = "sallyport:role";

    /// <summary>Nobody: may nothing.</summary>
    public static Viewer Nobody { get; } = new("", "", ImmutableDictionary<string, Role>.Empty);

    /// <summary>Whether they may look into every organisation.</summary>
    public bool SeesAll => RoleIn(Everywhere) >= Role.Viewer;

    /// <summary>Organisations that they may look into, when it is not all; for SQL.</summary>
    public string[] Owners => [.. Roles.Where(pair => pair.Value >= Role.Viewer).Select(pair => pair.Key).Order(StringComparer.Ordinal)];

    /// <summary>Their role in an organisation: the greater of the one there and the one everywhere.</summary>
    public Role RoleIn(string owner)
    {
        var here = Roles.GetValueOrDefault(owner.ToLowerInvariant());
        var everywhere = Roles.GetValueOrDefault(Everywhere);
        return here > everywhere ? here : everywhere;
    }

    public bool May(string owner, Role role) => RoleIn(owner) >= role;

    /// <summary>From the claims of a session or a key.</summary>
    public static Viewer Of(ClaimsPrincipal user)
    {
        if (user.Identity?.IsAuthenticated != true)
        {
            return Nobody;
        }

        var roles = ImmutableDictionary.CreateBuilder<string, Role>(StringComparer.Ordinal);
        foreach (var claim in user.FindAll(RoleClaim))
        {
            if (claim.Value.Split('=', 2) is [var owner, var name] && Enum.TryParse<Role>(name, out var role))
            {
                roles[owner] = role;
            }
        }

        return new Viewer(user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "", user.Identity.Name ?? "", roles.ToImmutable());
    }
}
