namespace Sallyport.Server.Configuration;

/// <summary>Bounds on what one job, one credential and one reader may take.</summary>
/// <param name="JobSegments">Segments of one recording; 413 beyond.</param>
/// <param name="JobBytes">Packed bytes of one recording; 413 beyond.</param>
/// <param name="JobTextBytes">Of one recording, unpacked; 413 beyond.</param>
/// <param name="UploadBytes">Of all segments that are under way here, as their senders say their length; 429 beyond.</param>
/// <param name="CredentialJobsPerHour">Jobs that one API key or repository may register; 429 beyond.</param>
/// <param name="SilentMinutes">A job that was not heard from for so long is lost.</param>
/// <param name="ClaimSeconds">Work of a replica that died is taken over after; a replica that lives goes on claiming.</param>
/// <param name="WorkAtOnce">Jobs that are folded at once here, and what else is done in the background.</param>
/// <param name="RetentionDays">Jobs are deleted after; an organisation may say less or more.</param>
/// <param name="RetentionBytes">Of one organisation's recordings; the oldest are deleted beyond; 0 is no bound.</param>
/// <param name="ListRows">Destinations of one organisation, its findings, and entries of its audit, each; the oldest are deleted beyond.</param>
/// <param name="ListDays">Such rows are deleted after, from when they were last seen.</param>
internal sealed record ServerLimits(
    long JobSegments = 20_000,
    long JobBytes = 300L << 20,
    long JobTextBytes = 2L << 30,
    long UploadBytes = 256L << 20,
    int CredentialJobsPerHour = 10_000,
    int SilentMinutes = 30,
    int ClaimSeconds = 30,
    int WorkAtOnce = 2,
    int RetentionDays = 90,
    long RetentionBytes = 0,
    long ListRows = 200_000,
    int ListDays = 400);
