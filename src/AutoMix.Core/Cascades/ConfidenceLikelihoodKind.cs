namespace AutoMix;

/// <summary>Ways to estimate P(confidence | correct) and P(confidence | wrong).</summary>
internal enum ConfidenceLikelihoodKind
{
    /// <summary>A logistic calibration of the confidence's log-odds (Platt, 1999), tempered: monotone and steady on few rows.</summary>
    Platt = 0,

    /// <summary>A Gaussian kernel density of the log-odds in each class, as in the AutoMix paper; free in shape, hungry for rows.</summary>
    Kde = 1,

    /// <summary>A normal score that depends on correctness and on the latent trait, so that confidences of different models are dependent.</summary>
    Latent = 2,
}
