/** The pages of one guide or reference of AWS, by name. */
const pagesOf =
  (guide: string) =>
  (page: string): string =>
    `https://docs.aws.amazon.com/${guide}/${page}.html`

export const ssmGuide = pagesOf('systems-manager/latest/userguide')
export const ssmApi = pagesOf('systems-manager/latest/APIReference')
export const ec2Guide = pagesOf('AWSEC2/latest/UserGuide')
export const ec2Api = pagesOf('AWSEC2/latest/APIReference')
export const vpcGuide = pagesOf('vpc/latest/userguide')
export const privateLinkGuide = pagesOf('vpc/latest/privatelink')
export const peeringGuide = pagesOf('vpc/latest/peering')
export const transitGatewayGuide = pagesOf('vpc/latest/tgw')
export const route53Guide = pagesOf('Route53/latest/DeveloperGuide')
export const iamGuide = pagesOf('IAM/latest/UserGuide')
export const organizationsGuide = pagesOf('organizations/latest/userguide')
export const inspectorGuide = pagesOf('inspector/latest/user')
export const inspectorApi = pagesOf('inspector/v2/APIReference')
