namespace Sallyport.Protocol.Ingest;

/// <summary>A version of a policy in the server's store.</summary>
/// <param name="Name">Of the policy.</param>
/// <param name="Version">From 1.</param>
/// <param name="Text">YAML, as docs/policy.md has it.</param>
public sealed record StoredPolicy(string Name, int Version, string Text);
