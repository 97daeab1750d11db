using System.Collections.Immutable;

namespace Sallyport.Server.Configuration;

/// <summary>Somebody whose signed tokens say which job is calling: GitHub, or a GitHub Enterprise Server.</summary>
/// <param name="Issuer">As in the token; its key set is found below it (OpenID Connect Discovery 1.0).</param>
/// <param name="Owners">Organisations and users whose jobs may write; empty means nobody.</param>
internal sealed record TokenIssuer(Uri Issuer, ImmutableHashSet<string> Owners);
