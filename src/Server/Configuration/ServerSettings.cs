using System.Collections.Immutable;
using System.Net;
using Sallyport.Server.Store;

namespace Sallyport.Server.Configuration;

/// <summary>What the operator decided, checked. docs/server.md lists the keys.</summary>
/// <param name="Listen">Address to listen on, <c>http://127.0.0.1:8710</c> by default.</param>
/// <param name="PublicUrl">Address under which agents and people reach the server; its host is the audience of tokens.</param>
/// <param name="DataFolder">Absolute; holds the database of SQLite, recordings and Parquet when they are files, and exports.</param>
/// <param name="Database">Which kind.</param>
/// <param name="ConnectionString">Of it.</param>
/// <param name="Bucket">Where recordings go instead of the data folder; null for the folder.</param>
/// <param name="Issuers">Whose job tokens are accepted.</param>
/// <param name="SignIn">OpenID Connect provider for people; null for local accounts alone.</param>
/// <param name="Limits">Bounds.</param>
/// <param name="MasterKeyFile">Holds 32 random bytes, by which the server's keys are encrypted in the database; made when it is not there.</param>
/// <param name="Telemetry">Where OpenTelemetry is sent (OTLP); null for nowhere.</param>
/// <param name="Logs">How log lines look; null for text on a terminal and JSON elsewhere.</param>
/// <param name="Proxies">Reverse proxies whose word on the caller is taken.</param>
internal sealed record ServerSettings(
    Uri Listen,
    Uri PublicUrl,
    string DataFolder,
    DatabaseKind Database,
    string ConnectionString,
    BucketSettings? Bucket,
    ImmutableArray<TokenIssuer> Issuers,
    SignInSettings? SignIn,
    ServerLimits Limits,
    string MasterKeyFile,
    Uri? Telemetry,
    LogFormat? Logs,
    ImmutableArray<IPNetwork> Proxies)
{
    /// <summary>Port that agents and people know.</summary>
    public const int DefaultPort = 8710;

    /// <summary>For files that live as long as a piece of work; emptied at the start.</summary>
    public string WorkFolder => Path.Combine(DataFolder, "work");

    /// <summary>Where recordings are kept, without a bucket.</summary>
    public string RecordingsFolder => Path.Combine(DataFolder, "recordings");

    /// <summary>What a token of a job must be for (CONTRACTS: <c>sallyport:&lt;server host&gt;</c>).</summary>
    public string Audience => $"sallyport:{(PublicUrl.HostNameType == UriHostNameType.Dns ? PublicUrl.IdnHost : PublicUrl.Host)}";
}
