namespace Sallyport.Agent.Upload;

/// <summary>What the agent tells its uploader, over a pipe: the credential stands in no argument and no environment.</summary>
/// <param name="Server">Address.</param>
/// <param name="Credential">API key or token.</param>
/// <param name="OfRunner">A runner's job: its identity comes with the recording.</param>
/// <param name="PolicyVersion">The server's policy that is in force, or null.</param>
/// <param name="Proxy">On the way there, or null.</param>
internal sealed record UploadOrder(string Server, string Credential, bool OfRunner, string? PolicyVersion, string? Proxy);
